import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../../contract/agent-constants.ts'
import { defineOperation } from '../definition.ts'

/**
 * Brings a VE's disk back to a snapshot; what runs is stopped before. With `start` it runs afterwards: from its memory of then where
 * the snapshot has it, else from its disk. Limits and all else of the VE stay as they are.
 */
export const veSnapshotRollback = defineOperation({
  type: 've-snapshot-rollback',
  label: 'Roll back',
  subject: 've',
  input: z.object({
    veId: z.uuid(),
    snapshotId: z.uuid(),
    memory: z.boolean(),
    start: z.boolean(),
    /** It was hibernated when this was asked for, and that memory may go. */
    discardMemory: z.optional(z.boolean()),
    timeoutSeconds: z.int().check(z.gte(0), z.lte(STOP_SECONDS_MOST)),
  }),
  permission: 've:snapshot',
  ve: { from: ['running', 'stopped', 'hibernated'], during: 'restoring', evenSuspended: false },
  cancellable: false,
  deadlineSeconds: STOP_SECONDS_MOST + 900,
  steps: [
    { name: 'look', label: 'See whether the snapshot is there' },
    { name: 'halt', label: 'Ask init to halt' },
    { name: 'wait', label: 'Wait until it has halted' },
    { name: 'stop', label: 'Take it off the host' },
    { name: 'rollback', label: 'Bring its disk back' },
    { name: 'start', label: 'Let it run again' },
  ],
})
