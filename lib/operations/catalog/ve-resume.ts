import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Lets a hibernated VE go on where it was, with the limits and interfaces that it has now. */
export const veResume = defineOperation({
  type: 've-resume',
  label: 'Resume',
  subject: 've',
  input: z.object({ veId: z.uuid() }),
  permission: 've:operate',
  ve: { from: ['hibernated'], during: 'starting', evenSuspended: false },
  cancellable: false,
  deadlineSeconds: 900,
  steps: [{ name: 'resume', label: 'Bring its memory back' }],
})
