import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const veSnapshotDelete = defineOperation({
  type: 've-snapshot-delete',
  label: 'Delete a snapshot',
  subject: 've',
  input: z.object({ veId: z.uuid(), snapshotId: z.uuid() }),
  permission: 've:snapshot',
  ve: { from: ['running', 'stopped', 'hibernated', 'failed'], during: null, evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 300,
  steps: [{ name: 'delete', label: 'Remove the snapshot' }],
})
