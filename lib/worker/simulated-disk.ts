import type { SimulatedDisk } from '../../agents/sim/simulated-disk.ts'
import type { VeState } from '../contract/ve-state.ts'
import { db } from '../db/client.ts'

/** States in which a VE is on its host's disk for certain: not while it is made, not when that failed. */
const SETTLED_ON_DISK: VeState[] = ['running', 'stopped', 'starting', 'stopping', 'destroying']

/** The panel's record of a simulated host: what is there, found again after a restart of the worker. */
export function simulatedDisk(hostId: string): SimulatedDisk {
  return {
    async ves() {
      const rows = await db().ve.findMany({
        where: { hostId, destroyedAt: null },
        select: { veid: true, id: true, epoch: true, name: true, state: true, memoryBytes: true },
      })
      return rows.map(({ id, state, memoryBytes, ...ve }) => ({
        ...ve,
        uuid: id,
        running: state === 'running' || state === 'stopping',
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
  }
}
