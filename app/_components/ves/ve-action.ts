'use server'
import * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'
import { formAction } from '@/lib/http/action.ts'
import {
  destroyVe,
  endRescue,
  rescueVe,
  restartVe,
  startVe,
  stopVe,
  veRescueInput,
  veRestartInput,
  veStopInput,
} from '@/lib/ves/commands.ts'
import { hibernateVe, resumeVe } from '@/lib/ves/hibernate.ts'
import { getVe } from '@/lib/ves/queries.ts'
import { suspendVe, unsuspendVe } from '@/lib/ves/suspend.ts'
import { veSuspendInput } from '@/lib/ves/suspension.ts'

const which = z.object({ id: z.string() })

export const startVeAction = formAction(which, ({ viewer, input, tx }) => startVe(viewer, input.id, tx))

const stopInput = z.extend(veStopInput, which.shape)
const readStop = (form: FormData) => {
  const seconds = form.get('timeoutSeconds')
  return {
    id: form.get('id'),
    ...(seconds ? { timeoutSeconds: Number(seconds) } : {}),
    ...(form.get('discardMemory') ? { discardMemory: true } : {}),
  }
}

export const stopVeAction = formAction(
  stopInput,
  ({ viewer, input: { id, ...how }, tx }) => stopVe(viewer, id, how, tx),
  readStop,
)

export const restartVeAction = formAction(
  z.extend(veRestartInput, which.shape),
  ({ viewer, input: { id, ...how }, tx }) => restartVe(viewer, id, how, tx),
  readStop,
)

export const hibernateVeAction = formAction(which, ({ viewer, input, tx }) =>
  hibernateVe(viewer, input.id, tx),
)

export const resumeVeAction = formAction(which, ({ viewer, input, tx }) => resumeVe(viewer, input.id, tx))

export const rescueVeAction = formAction(
  z.extend(veRescueInput, which.shape),
  ({ viewer, input: { id, ...how }, tx }) => rescueVe(viewer, id, how, tx),
)

export const endRescueAction = formAction(which, ({ viewer, input, tx }) =>
  endRescue(viewer, input.id, { start: true }, tx),
)

export const suspendVeAction = formAction(
  z.extend(veSuspendInput, which.shape),
  ({ viewer, input: { id, ...why }, tx }) => suspendVe(viewer, id, why, tx),
)

export const unsuspendVeAction = formAction(which, ({ viewer, input, tx }) =>
  unsuspendVe(viewer, input.id, tx),
)

export const destroyVeAction = formAction(
  z.extend(which, { confirmation: z.string('Type the name of the VE.') }),
  async ({ viewer, input, tx }) => {
    const ve = await getVe(viewer, input.id, tx)
    if (input.confirmation.trim() !== ve.name)
      throw new Problem('invalid-input', 'Not valid: confirmation.', {
        fields: { confirmation: `This is not its name. Type ${ve.name} to destroy it.` },
      })
    return destroyVe(viewer, input.id, tx)
  },
)
