import * as z from 'zod/mini'
import { defineOperation } from '../definition.ts'

/**
 * Of its disk, or with `memory` of a running VE's memory too. The row is there before: it is ready when this has succeeded.
 * `beyondReserve`: asked for by those who run the host, also where it is as good as full.
 */
export const veSnapshotCreate = defineOperation({
  type: 've-snapshot-create',
  label: 'Take a snapshot',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    snapshotId: z.uuid(),
    memory: z.boolean(),
    beyondReserve: z.optional(z.boolean()),
  }),
  permission: 've:snapshot',
  ve: { from: ['running', 'stopped'], during: null, evenSuspended: false },
  cancellable: false,
  deadlineSeconds: 900,
  steps: [{ name: 'create', label: 'Take the snapshot' }],
})
