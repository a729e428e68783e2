import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Starts it again if it ran when it was suspended; then the suspension is over. */
export const veUnsuspend = defineOperation({
  type: 've-unsuspend',
  label: 'Lift suspension',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:suspend',
  only: 'above',
  ve: { from: ['stopped', 'running', 'hibernated', 'failed'], during: null, evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'start', label: 'Start it if it ran' }],
})
