'use server'
import * as z from 'zod/mini'
import { evacuateHost, planEvacuation } from '@/lib/fleet/commands.ts'
import { evacuateInput, evacuationPlanInput } from '@/lib/fleet/resource.ts'
import { formAction } from '@/lib/http/action.ts'
import { number, text } from '../../_forms/read-form.ts'

const which = { hostId: z.string() }

export const planEvacuationAction = formAction(
  z.extend(evacuationPlanInput, which),
  ({ viewer, input: { hostId, restart }, tx }) => planEvacuation(viewer, hostId, { restart }, tx),
  (form) => ({ hostId: form.get('hostId'), restart: form.get('restart') === 'on' }),
)

export const evacuateAction = formAction(
  z.extend(evacuateInput, which),
  ({ viewer, input: { hostId, ...input }, tx }) => evacuateHost(viewer, hostId, input, tx),
  (form) => ({
    hostId: form.get('hostId'),
    planId: text(form, 'planId'),
    perPair: number(form, 'perPair'),
    atOnce: number(form, 'atOnce'),
  }),
)
