'use server'
import * as z from 'zod/mini'
import { Problem } from '@/lib/contract/problem.ts'
import { formAction } from '@/lib/http/action.ts'
import { destroyVe, startVe, stopVe, veStopInput } from '@/lib/ves/commands.ts'
import { getVe } from '@/lib/ves/queries.ts'

const which = z.object({ id: z.string() })

export const startVeAction = formAction(which, ({ viewer, input, tx }) => startVe(viewer, input.id, tx))

export const stopVeAction = formAction(
  z.extend(veStopInput, which.shape),
  ({ viewer, input: { id, ...how }, tx }) => stopVe(viewer, id, how, tx),
  (form) => {
    const seconds = form.get('timeoutSeconds')
    return { id: form.get('id'), ...(seconds ? { timeoutSeconds: Number(seconds) } : {}) }
  },
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
