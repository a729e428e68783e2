/** A snapshot of a VE as pages show it and the API returns it. Browser-safe. */
import * as z from 'zod/mini'
import { STOP_SECONDS_MOST } from '../contract/agent-constants.ts'
import { problemJson } from '../contract/problem.ts'
import { reference, time } from '../contract/resource.ts'
import { veLimits } from '../contract/ve-limits.ts'

export const SNAPSHOT_STATES = ['creating', 'ready', 'deleting', 'failed'] as const
export type SnapshotState = (typeof SNAPSHOT_STATES)[number]

/** Of one VE: each takes space on its host beyond what the VE was given. */
export const SNAPSHOTS_MOST = 20

export const snapshotResource = z.object({
  id: z.uuid(),
  ve: reference,
  name: z.string(),
  description: z.string(),
  /** With the memory of the VE: rolled back to it, its programs go on. */
  memory: z.boolean(),
  state: z.enum(SNAPSHOT_STATES),
  /** Why it could not be taken, or deleted. */
  problem: z.nullable(problemJson),
  /** What it takes by itself on the host, as told last; null: not known. */
  bytes: z.nullable(z.int()),
  /** Those that the VE had then. Rolling back leaves the VE those that it has now. */
  limits: veLimits,
  /** The snapshot that the VE's disk came from then. */
  parentId: z.nullable(z.uuid()),
  /** Null until it is taken. */
  takenAt: z.nullable(time),
  /** When the VE was rolled back to it last. */
  rolledBackAt: z.nullable(time),
  /** Path on its host where it is mounted, read-only; null when it is not. Told to the provider's people alone. */
  mountedAt: z.nullable(z.string()),
  createdAt: time,
  createdBy: z.string(),
})
export type SnapshotResource = z.infer<typeof snapshotResource>

export const snapshotCreateInput = z.object({
  /** Unique among those of the VE. */
  name: z
    .string('Give it a name.')
    .check(z.trim(), z.minLength(1, 'Give it a name.'), z.maxLength(100, 'At most 100 characters.')),
  description: z.optional(z.string().check(z.trim(), z.maxLength(500, 'At most 500 characters.'))),
  /** Keep its memory too; it has to run, and stands still while that is written. */
  memory: z.optional(z.boolean()),
})
export type SnapshotCreateInput = z.infer<typeof snapshotCreateInput>

export const snapshotRollbackInput = z.object({
  /** Whether it runs afterwards. Without it, as it does now. */
  start: z.optional(z.boolean()),
  /** Needed of a hibernated VE: the memory that it was hibernated with is thrown away. */
  discardMemory: z.optional(z.boolean()),
  /** How long the init of a running VE may take to halt before it is killed; 0 kills at once. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(STOP_SECONDS_MOST, `At most ${STOP_SECONDS_MOST}.`)),
  ),
})
export type SnapshotRollbackInput = z.infer<typeof snapshotRollbackInput>
