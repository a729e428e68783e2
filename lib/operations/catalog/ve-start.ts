import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const veStart = defineOperation({
  type: 've-start',
  label: 'Start',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:operate',
  ve: { from: ['stopped'], during: 'starting', evenSuspended: false },
  cancellable: true,
  deadlineSeconds: 120,
  steps: [{ name: 'start', label: 'Start' }],
})
