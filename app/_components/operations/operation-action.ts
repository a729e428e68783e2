'use server'
import * as z from 'zod/mini'
import { formAction } from '@/lib/http/action.ts'
import {
  cancelOperation,
  operationReleaseInput,
  releaseOperation,
  retryOperation,
} from '@/lib/operations/commands.ts'

const which = z.object({ id: z.string() })

export const cancelOperationAction = formAction(which, ({ viewer, input, tx }) =>
  cancelOperation(viewer, input.id, tx),
)

export const retryOperationAction = formAction(which, ({ viewer, input, tx }) =>
  retryOperation(viewer, input.id, tx),
)

export const releaseOperationAction = formAction(
  z.extend(operationReleaseInput, which.shape),
  ({ viewer, input, tx }) => releaseOperation(viewer, input.id, { reason: input.reason }, tx),
)
