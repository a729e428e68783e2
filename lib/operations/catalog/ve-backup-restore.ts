import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { defineOperation } from '../definition.ts'

/** Brings a VE's disk back to a backup; what runs is stopped before. Limits and all else of the VE stay as they are. */
export const veBackupRestore = defineOperation({
  type: 've-backup-restore',
  label: 'Restore',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    backupId: z.uuid(),
    start: z.boolean(),
    timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)),
  }),
  permission: 've:backup',
  ve: { from: ['running', 'stopped'], during: 'restoring', evenSuspended: false },
  cancellable: false,
  deadlineSeconds: STOP_SECONDS_MOST + 4 * 3600,
  steps: [
    { name: 'look', label: 'Verify the backup' },
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off the host' },
    { name: 'restore', label: 'Bring its disk back' },
    { name: 'start', label: 'Let it run again' },
  ],
})
