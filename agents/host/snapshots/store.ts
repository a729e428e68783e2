/** The snapshots of a VE as they are kept beside it: each has a record, and its name only once all of it is on the disk. */

import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSnapshot } from '../../../lib/contract/snapshots.ts'
import { STORAGE_DRIVERS, type StorageDriver as StorageName } from '../../../lib/contract/storage.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { thaw } from '../checkpoint/freezer.ts'
import { loadStorage } from '../storage/load.ts'
import { readJson } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { isMountedAt, unmountSnapshot } from './mounts.ts'
import { checkpointIn, metaIn, snapshotPaths, snapshotsFolder } from './snapshot-paths.ts'

/** `spec`: as it was, limits and all. `at`: milliseconds since 1970. */
export type SnapshotRecord = {
  id: string
  at: number
  memory: boolean
  driver: StorageName
  spec: VeSpec
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Ids of those that are whole. */
export function snapshotIds(sys: Sys, veid: number): string[] {
  return sys.list(snapshotsFolder(veid)).filter((name) => ID.test(name))
}

export function findSnapshot(sys: Sys, veid: number, id: string): SnapshotRecord | null {
  return readJson<SnapshotRecord>(sys, metaIn(snapshotPaths(veid, id).folder))
}

/** Throws `not-found`. */
export function getSnapshot(sys: Sys, veid: number, id: string): SnapshotRecord {
  const found = findSnapshot(sys, veid, id)
  if (found === null) throw new Problem('not-found', `VE ${veid} has no snapshot ${id} on this host.`)
  return found
}

/** All of a VE, the oldest first. */
export function listSnapshots(sys: Sys, { veid, storage }: Pick<VeSpec, 'veid' | 'storage'>): VeSnapshot[] {
  const found = snapshotIds(sys, veid).flatMap((id) => findSnapshot(sys, veid, id) ?? [])
  const folders = found.map(({ id }) => snapshotPaths(veid, id).folder)
  const own = loadStorage(storage).snapshots.ownBytes(sys, folders)
  return found
    .map(({ id, at, memory }) => {
      const { folder, mount } = snapshotPaths(veid, id)
      const disk = own.get(folder)
      const bytes = disk === undefined ? null : disk + checkpointBytes(sys, folder)
      return { id, at, memory, bytes, mountedAt: isMountedAt(sys, mount) ? mount : null }
    })
    .sort((a, b) => a.at - b.at)
}

/** What all of them take beside the VE's disk; null when that is not known, or not soon. */
export function heldBytes(sys: Sys, { veid, storage }: Pick<VeSpec, 'veid' | 'storage'>): number | null {
  const folders = snapshotIds(sys, veid).map((id) => snapshotPaths(veid, id).folder)
  const disks = loadStorage(storage).snapshots.heldBytes(sys, veid, folders)
  return disks === null ? null : folders.reduce((sum, folder) => sum + checkpointBytes(sys, folder), disks)
}

function checkpointBytes(sys: Sys, folder: string): number {
  const checkpoint = checkpointIn(folder)
  return sys
    .list(checkpoint)
    .reduce((sum, name) => sum + (sys.stat(`${checkpoint}/${name}`)?.diskBytes ?? 0), 0)
}

export function tellSnapshot(sys: Sys, spec: Pick<VeSpec, 'veid' | 'storage'>, id: string): VeSnapshot {
  getSnapshot(sys, spec.veid, id)
  return listSnapshots(sys, spec).find((each) => each.id === id) as VeSnapshot
}

/** Of whichever kind: of what was cut short nobody knows which. */
function removeFolder(sys: Sys, folder: string): void {
  for (const name of STORAGE_DRIVERS) loadStorage(name).snapshots.remove(sys, folder)
  const checkpoint = checkpointIn(folder)
  if (sys.stat(checkpoint) !== null) mustRun(sys, ['rm', '-rf', '--one-file-system', checkpoint])
  for (const name of sys.list(folder)) sys.remove(`${folder}/${name}`)
  sys.remove(folder)
}

/** Also of one that is half made. It has no name any more before the first of it goes. */
export function removeSnapshot(sys: Sys, veid: number, id: string): void {
  const { folder, unfinished, leaving } = snapshotPaths(veid, id)
  unmountSnapshot(sys, veid, id)
  if (sys.stat(folder) !== null) sys.rename(folder, leaving)
  for (const each of [unfinished, leaving]) if (sys.stat(each) !== null) removeFolder(sys, each)
  sys.remove(snapshotsFolder(veid))
}

/** With the VE's lock: what an agent that was killed has left behind, of a snapshot or of a rollback. */
export function clearUnfinished(sys: Sys, { veid, storage }: Pick<VeSpec, 'veid' | 'storage'>): void {
  thaw(sys, veid)
  loadStorage(storage).snapshots.clear(sys, veid)
  clearFolders(sys, veid)
}

function clearFolders(sys: Sys, veid: number): void {
  const folder = snapshotsFolder(veid)
  for (const name of sys.list(folder)) if (!ID.test(name)) removeFolder(sys, `${folder}/${name}`)
  sys.remove(folder)
}

/** All that a VE has of them, whole or not: it goes. */
export function removeSnapshots(sys: Sys, veid: number): void {
  for (const id of snapshotIds(sys, veid)) removeSnapshot(sys, veid, id)
  clearFolders(sys, veid)
}
