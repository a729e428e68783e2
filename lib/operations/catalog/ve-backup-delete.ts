import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Whatever became of the VE. */
export const veBackupDelete = defineOperation({
  type: 've-backup-delete',
  label: 'Delete a backup',
  subject: 've',
  input: z.object({ veId: z.uuid(), backupId: z.uuid() }),
  permission: 've:backup',
  ve: {
    from: ['running', 'stopped', 'hibernated', 'failed', 'destroyed'],
    during: null,
    evenSuspended: true,
  },
  cancellable: false,
  deadlineSeconds: 600,
  steps: [{ name: 'delete', label: 'Remove the backup' }],
})
