import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/** A VE from a backup of one that may be gone. Its row (host, address, id range reserved) exists already, in state "creating". */
export const veRecover = defineOperation({
  type: 've-recover',
  label: 'Make of a backup',
  subject: 've',
  input: z.object({ veId: z.uuid(), backupId: z.uuid(), start: z.boolean() }),
  permission: 've:create',
  ve: { from: [], during: 'creating', evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 4 * 3600,
  steps: [
    { name: 'restore', label: 'Make its disk of the backup' },
    { name: 'start', label: 'Let it run' },
  ],
})
