'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import { validate } from '@/lib/http/validate.ts'
import { updateVe, veUpdateInput } from '@/lib/ves/update.ts'
import { readLimitsForm } from './limits-read.ts'

/** Judged apart from the VE's id, so that what is wrong is told by the names that the fields have. */
const update = z.object({ veId: z.string(), change: z.unknown() })

export const setLimitsAction = formAction(
  update,
  async ({ viewer, input, tx }) => {
    const { operationId } = await updateVe(viewer, input.veId, validate(veUpdateInput, input.change), tx)
    return { operationId }
  },
  readLimitsForm,
)
