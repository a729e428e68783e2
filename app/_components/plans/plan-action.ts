'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { applyPlan } from '@/lib/plans/apply.ts'
import { createPlan, newVersion, removePlan } from '@/lib/plans/commands.ts'
import { planCreateInput, planVersionInput } from '@/lib/plans/resource.ts'
import { rollOut } from '@/lib/plans/roll-out.ts'
import { readPlanForm } from './plan-read.ts'

/** `id` is empty for a new one. */
export const savePlanAction = formAction(
  z.object({ id: z.string(), plan: z.unknown() }),
  async ({ viewer, input, tx }) => {
    if (input.id === '') {
      const plan = await createPlan(viewer, validate(planCreateInput, input.plan), tx)
      return { id: plan.id, version: plan.latest.number }
    }
    const plan = await newVersion(viewer, input.id, validate(planVersionInput, input.plan), tx)
    return { id: plan.id, version: plan.latest.number }
  },
  readPlanForm,
)

export const removePlanAction = formAction(z.object({ id: z.string() }), async ({ viewer, input, tx }) => {
  await removePlan(viewer, input.id, tx)
  return {}
})

export const rollOutAction = formAction(z.object({ id: z.string() }), ({ viewer, input, tx }) =>
  rollOut(viewer, input.id, {}, tx),
)

/** No plan: the VE is taken off the one that it has. */
export const setVePlanAction = formAction(
  z.object({ veId: z.string(), planId: z.optional(z.uuid('Choose a plan.')) }),
  async ({ viewer, input, tx }) => {
    const { operationId } = await applyPlan(viewer, input.veId, { planId: input.planId ?? null }, tx)
    return { operationId }
  },
)
