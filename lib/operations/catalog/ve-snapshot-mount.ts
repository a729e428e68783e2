import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

export const veSnapshotMount = defineOperation({
  type: 've-snapshot-mount',
  label: 'Mount a snapshot',
  subject: 've',
  input: z.object({ veId: z.uuid(), snapshotId: z.uuid() }),
  permission: 'host:manage',
  only: 'provider',
  ve: { from: ['running', 'stopped', 'hibernated'], during: null, evenSuspended: true },
  cancellable: false,
  deadlineSeconds: 120,
  steps: [{ name: 'mount', label: 'Mount it on its host, read-only' }],
})
