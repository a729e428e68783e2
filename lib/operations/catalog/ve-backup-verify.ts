import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** Whatever became of the VE. */
export const veBackupVerify = defineOperation({
  type: 've-backup-verify',
  label: 'Verify a backup',
  subject: 've',
  input: z.object({ veId: z.uuid(), backupId: z.uuid() }),
  permission: 've:backup',
  ve: {
    from: ['running', 'stopped', 'hibernated', 'failed', 'destroyed'],
    during: null,
    evenSuspended: true,
  },
  alongside: true,
  cancellable: false,
  deadlineSeconds: 4 * 3600,
  steps: [{ name: 'verify', label: 'Read it and compare its digest' }],
})
