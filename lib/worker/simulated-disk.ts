import type { SimulatedDisk } from '../../agents/sim/simulated-disk.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { VeState } from '../contract/ve-state.ts'
import { db } from '../db/client.ts'

/** States in which a VE is on its host's disk for certain: not while it is made, not when that failed. */
const SETTLED_ON_DISK: VeState[] = [
  ...(['running', 'stopped', 'starting', 'stopping', 'destroying'] as const),
  ...(['hibernating', 'hibernated', 'restoring', 'moving'] as const),
]
const RUNS: VeState[] = ['running', 'stopping', 'hibernating']

/** The panel's record of a simulated host: what is there, found again after a restart of the worker. */
export function simulatedDisk(hostId: string): SimulatedDisk {
  return {
    async ves() {
      const rows = await db().ve.findMany({
        where: { hostId, destroyedAt: null },
        select: {
          ...{ veid: true, id: true, epoch: true, name: true, state: true, memoryBytes: true },
          observed: true,
        },
      })
      return rows.map(({ id, state, memoryBytes, observed, ...ve }) => ({
        ...ve,
        uuid: id,
        ...ranOrHibernated(state, observed as ObservedVe | null),
        settled: SETTLED_ON_DISK.includes(state),
        memoryBytes: Number(memoryBytes),
      }))
    },
    async caches() {
      const rows = await db().templateCache.findMany({ where: { hostId } })
      return rows.map(({ cache, digest, packages, ...row }) => ({
        cache,
        digest,
        packages,
        sizeBytes: Number(row.sizeBytes),
        diskBytes: Number(row.diskBytes),
      }))
    },
    async snapshots() {
      const where = { ve: { hostId }, takenAt: { not: null } }
      const rows = await db().snapshot.findMany({ where })
      return rows.map(({ id, veId, takenAt, memory, bytes }) => ({
        ...{ id, memory, veUuid: veId },
        at: takenAt?.getTime() ?? 0,
        bytes: Number(bytes ?? 0),
      }))
    },
    async backups() {
      const where = { store: { hostId }, takenAt: { not: null } }
      const rows = await db().backup.findMany({ where })
      return rows.map(({ id, takenAt, bytes, diskBytes, digest }) => ({
        ...{ id, at: takenAt?.getTime() ?? 0, digest: digest ?? '' },
        ...{ bytes: Number(bytes ?? 0), diskBytes: Number(diskBytes ?? 0) },
      }))
    },
  }
}

/** One that was hibernated is so until an operation that works on it has ended. */
function ranOrHibernated(state: VeState, observed: ObservedVe | null) {
  const checkpoint = state === 'running' || state === 'stopped' ? null : (observed?.checkpoint ?? null)
  const runs =
    state === 'restoring' || state === 'moving' ? observed?.state === 'running' : RUNS.includes(state)
  return { checkpoint, running: checkpoint === null && runs }
}
