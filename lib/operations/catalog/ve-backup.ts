import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Into a store on its host. The row is there before: it is ready when this has succeeded. The VE can be worked on meanwhile. */
export const veBackup = defineOperation({
  type: 've-backup',
  label: 'Back up',
  subject: 've',
  input: z.object({ veId: z.uuid(), backupId: z.uuid() }),
  permission: 've:backup',
  ve: { from: ['running', 'stopped', 'hibernated'], during: null, evenSuspended: true },
  alongside: true,
  cancellable: false,
  deadlineSeconds: 4 * 3600,
  steps: [{ name: 'create', label: 'Copy and compress the disk' }],
})
