/** What the snapshots of a VE may take, and why one more may not be taken. Pure; its host's agent judges by what it sees then. */
import { SNAPSHOT_RESERVE_PERCENT, type SnapshotRoom } from '../contract/snapshots.ts'
import { formatBytes } from '../contract/units.ts'

/** As much again as its disk. */
export const snapshotBytesMost = ({ diskBytes }: { diskBytes: number }): number => diskBytes

export const snapshotRoomOf = (limits: { diskBytes: number }, beyondReserve: boolean): SnapshotRoom => ({
  heldBytes: snapshotBytesMost(limits),
  reservePercent: beyondReserve ? 0 : SNAPSHOT_RESERVE_PERCENT,
})

/** `bytes`: what its snapshots take, as told last. Null while there is room. */
export function heldObstacle(ve: { name: string; bytes: number | null; diskBytes: number }): string | null {
  const most = snapshotBytesMost(ve)
  if (ve.bytes === null || ve.bytes < most) return null
  const take = `The snapshots of ${ve.name} take ${formatBytes(ve.bytes)} beside its disk, and may take ${formatBytes(most)}`
  return `${take}, as much as its disk. Delete one that is not needed any more.`
}

export type HostSpace = { name: string; totalBytes: number; freeBytes: number }

/** Null while the host has room, or has not said; and for whoever runs it. */
export function reserveObstacle(host: HostSpace | null, beyondReserve: boolean): string | null {
  if (host === null || beyondReserve) return null
  if (host.freeBytes * 100 >= host.totalBytes * SNAPSHOT_RESERVE_PERCENT) return null
  const left = `${formatBytes(host.freeBytes)} of ${formatBytes(host.totalBytes)} are free on ${host.name}`
  return `${left}, and the last ${SNAPSHOT_RESERVE_PERCENT} % are kept for the VEs that run there. Delete snapshots, or ask whoever runs the host.`
}
