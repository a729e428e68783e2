/** Snapshots of a VE: its disk, or its disk and memory, as they were at one instant. They are kept beside it on its host. */
import * as z from 'zod/mini'
import { veKey } from './ve-key.ts'
import { veSpec } from './ve-spec.ts'

/** Of one VE on its host: each holds what has changed since. */
export const SNAPSHOTS_MOST = 20

/** `at`: milliseconds since 1970. `bytes`: what it takes by itself on the host, now; null when the driver cannot tell. */
export const veSnapshot = z.object({
  id: z.uuid(),
  at: z.int(),
  memory: z.boolean(),
  bytes: z.nullable(z.int()),
  /** Where it is mounted on the host, read-only; null when it is not. */
  mountedAt: z.nullable(z.string()),
})
export type VeSnapshot = z.infer<typeof veSnapshot>

/** Below so much of a host's /vz, no snapshots are taken but for those who run it: VEs that run need room to write. */
export const SNAPSHOT_RESERVE_PERCENT = 10

/**
 * What a snapshot is refused beyond (`too-many-snapshots`, `no-disk-space`). `heldBytes`: what all of the VE together may take, this one
 * included. `reservePercent`: of the host's /vz, what has to be free afterwards.
 */
export const snapshotRoom = z.object({
  heldBytes: z.int().check(z.gte(0)),
  reservePercent: z.int().check(z.gte(0), z.lte(100)),
})
export type SnapshotRoom = z.infer<typeof snapshotRoom>

const snapshotKey = z.object({ ...veKey, snapshot: z.uuid() })

/**
 * What a new VE's disk is made from in place of a template's cache: a snapshot of another VE of this host, its memory left out.
 * `keepIdentity`: it has that VE's SSH host keys and machine-id; else ones of its own. Root's password and keys stay unless others are given.
 */
export const cloneSource = z.extend(snapshotKey, { keepIdentity: z.boolean() })
export type CloneSource = z.infer<typeof cloneSource>

/** `observedVe` is agent-protocol.ts's, which spreads these. */
export const snapshotMethods = <O extends z.ZodMiniType>(observedVe: O) =>
  ({
    /**
     * `memory`: of a running VE also its memory; refused (`ve-state-forbids`) of one that does not run. A running VE stands still
     * meanwhile and goes on. One that exists by this id is left alone. Throws `checkpoint-failed`, `no-disk-space`, and what `room` says.
     */
    've-snapshot-create': {
      journalled: true,
      params: z.object({
        ...veKey,
        snapshot: z.uuid(),
        memory: z.boolean(),
        room: z.optional(snapshotRoom),
      }),
      result: z.object({ snapshot: veSnapshot, ve: observedVe }),
    },
    /**
     * Of a stopped VE: its disk becomes what it was; with memory it is hibernated afterwards. The snapshot stays. Throws `not-found`, and
     * `conflict` where what was kept does not go with `spec`: another disk, or memory with other interfaces. `look`: only whether it
     * would, running or not; nothing is changed.
     */
    've-snapshot-rollback': {
      journalled: true,
      params: z.object({ spec: veSpec, snapshot: z.uuid(), look: z.optional(z.boolean()) }),
      result: observedVe,
    },
    /** One that is absent is no error; one that is mounted is unmounted. */
    've-snapshot-delete': { journalled: true, params: snapshotKey, result: z.object({}) },
    /** On the host, read-only, for an administrator or a restore of single files. Mounted already is no error; nor is unmounted. */
    've-snapshot-mount': { journalled: true, params: snapshotKey, result: veSnapshot },
    've-snapshot-unmount': { journalled: true, params: snapshotKey, result: veSnapshot },
    /** `heldBytes`: what all of them take beside the VE's disk; null where the driver cannot tell, or not soon. */
    've-snapshot-list': {
      journalled: false,
      params: z.object(veKey),
      result: z.object({ snapshots: z.array(veSnapshot), heldBytes: z.nullable(z.int()) }),
    },
  }) as const
