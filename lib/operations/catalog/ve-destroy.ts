import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Removes a VE and its data for good; its addresses become free when it is gone. */
export const veDestroy = defineOperation({
  type: 've-destroy',
  label: 'Destroy',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:destroy',
  ve: { from: ['stopped', 'hibernated', 'failed'], during: 'destroying', evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 300,
  steps: [{ name: 'destroy', label: 'Remove the VE from the host' }],
})
