/** Snapshots take space that no VE was given: only so much for each VE, and never the last of a host's. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { SnapshotRoom } from '../../../lib/contract/snapshots.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { anonymousBytes } from '../checkpoint/space.ts'
import { space } from '../facts/space.ts'
import { loadStorage } from '../storage/load.ts'
import type { Sys } from '../sys/sys.ts'
import { heldBytes, snapshotIds } from './store.ts'

/** Where nobody can tell, each may have come to all that the VE has on its disk. */
function heldAtMost(sys: Sys, spec: VeSpec): number {
  const held = heldBytes(sys, spec)
  if (held !== null) return held
  const used = loadStorage(spec.storage).use(sys, [spec]).get(spec.veid)?.diskUsedBytes ?? 0
  return used * snapshotIds(sys, spec.veid).length
}

function refuseBeyond(veid: number, held: number, takes: number, most: number): void {
  if (held < most && held + takes <= most) return
  const now = `The snapshots of VE ${veid} take ${formatBytes(held)} beside its disk`
  const then = takes > 0 ? `, this one would take ${formatBytes(takes)}` : ''
  const rest = `and all together may take ${formatBytes(most)}. Delete one that is not needed any more.`
  throw new Problem('too-many-snapshots', `${now}${then}, ${rest}`)
}

function refuseReserve(sys: Sys, takes: number, percent: number): void {
  const { totalBytes, availableBytes } = space(sys, HOST_PATHS.vz)
  const reserve = (totalBytes * percent) / 100
  if (availableBytes - takes >= reserve) return
  const left = `${formatBytes(availableBytes)} of ${formatBytes(totalBytes)} are free on this host`
  const why = `the last ${percent} % are kept for the VEs that run there: no snapshots are taken below that.`
  throw new Problem('no-disk-space', `${left}, and ${why}`)
}

type Asked = { room: SnapshotRoom; memory: boolean; folder: string }

/** Under the VE's lock; the folder of the snapshot is there. Throws `too-many-snapshots`, `no-disk-space`. */
export function refuseWithoutRoom(sys: Sys, spec: VeSpec, { room, memory, folder }: Asked): void {
  const disk = loadStorage(spec.storage).snapshots.takesAtOnce(sys, spec, folder)
  const takes = disk + (memory ? anonymousBytes(sys, spec.veid) : 0)
  refuseBeyond(spec.veid, heldAtMost(sys, spec), takes, room.heldBytes)
  refuseReserve(sys, takes, room.reservePercent)
}
