import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { db } from '../db/client.ts'
import { type HostSpace, heldObstacle, reserveObstacle } from './room.ts'

type Taken = {
  name: string
  hostId: string
  snapshotBytes: bigint | number | null
  diskBytes: bigint | number
}

/** Those who run the hosts may go below what is kept for running VEs. */
export const mayGoBelow = (viewer: Viewer): boolean => canAtProvider(viewer, 've:snapshot')

/** Why no more snapshots of a VE are taken, as far as the panel knows; null when one may be. */
export async function takeObstacle(viewer: Viewer, ve: Taken, on: Db = db()): Promise<Problem | null> {
  const bytes = ve.snapshotBytes === null ? null : Number(ve.snapshotBytes)
  const full = heldObstacle({ name: ve.name, bytes, diskBytes: Number(ve.diskBytes) })
  if (full !== null) return new Problem('too-many-snapshots', full)
  const scarce = reserveObstacle(await spaceOf(on, ve.hostId), mayGoBelow(viewer))
  return scarce === null ? null : new Problem('no-disk-space', scarce)
}

/** As the host was seen last; null before it was. */
async function spaceOf(on: Db, hostId: string): Promise<HostSpace | null> {
  const select = { name: true, diskBytes: true, sample: true }
  const { name, diskBytes, sample } = await on.host.findUniqueOrThrow({ where: { id: hostId }, select })
  const freeBytes = (sample as { vzFreeBytes?: number } | null)?.vzFreeBytes
  return diskBytes === null || freeBytes === undefined
    ? null
    : { name, totalBytes: Number(diskBytes), freeBytes }
}
