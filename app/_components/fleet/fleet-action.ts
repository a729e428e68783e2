'use server'
import * as z from 'zod/mini'
import { balanceFleet, evacuateHost, planEvacuation } from '@/lib/fleet/commands.ts'
import { balanceInput, evacuateInput, evacuationPlanInput } from '@/lib/fleet/resource.ts'
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

/** The proposal as it was shown goes along: nothing is carried out that nobody has seen. */
export const balanceAction = formAction(
  balanceInput,
  ({ viewer, input, tx }) => balanceFleet(viewer, input, tx),
  (form) => ({
    moves: JSON.parse(text(form, 'moves')),
    perPair: number(form, 'perPair'),
    atOnce: number(form, 'atOnce'),
  }),
)
