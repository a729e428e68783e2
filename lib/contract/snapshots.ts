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

const snapshotKey = z.object({ ...veKey, snapshot: z.uuid() })

/** `observedVe` is agent-protocol.ts's, which spreads these. */
export const snapshotMethods = <O extends z.ZodMiniType>(observedVe: O) =>
  ({
    /**
     * `memory`: of a running VE also its memory; refused (`ve-state-forbids`) of one that does not run. A running VE stands still
     * meanwhile and goes on. One that exists by this id is left alone. Throws `checkpoint-failed`, `no-disk-space`.
     */
    've-snapshot-create': {
      journalled: true,
      params: z.object({ ...veKey, snapshot: z.uuid(), memory: z.boolean() }),
      result: z.object({ snapshot: veSnapshot, ve: observedVe }),
    },
    /** Of a stopped VE: its disk becomes what it was; with memory it is hibernated afterwards. The snapshot stays. */
    've-snapshot-rollback': {
      journalled: true,
      params: z.object({ spec: veSpec, snapshot: z.uuid() }),
      result: observedVe,
    },
    /** One that is absent is no error; one that is mounted is unmounted. */
    've-snapshot-delete': { journalled: true, params: snapshotKey, result: z.object({}) },
    /** On the host, read-only, for an administrator or a restore of single files. Mounted already is no error; nor is unmounted. */
    've-snapshot-mount': { journalled: true, params: snapshotKey, result: veSnapshot },
    've-snapshot-unmount': { journalled: true, params: snapshotKey, result: veSnapshot },
    've-snapshot-list': {
      journalled: false,
      params: z.object(veKey),
      result: z.object({ snapshots: z.array(veSnapshot) }),
    },
  }) as const
