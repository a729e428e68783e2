import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const veSnapshotUnmount = defineOperation({
  type: 've-snapshot-unmount',
  label: 'Unmount a snapshot',
  subject: 've',
  input: z.object({ veId: z.uuid(), snapshotId: z.uuid() }),
  permission: 'host:manage',
  only: 'provider',
  ve: { from: ['running', 'stopped', 'hibernated'], during: null, evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'unmount', label: 'Unmount it' }],
})
