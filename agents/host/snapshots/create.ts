import { Problem } from '../../../lib/contract/problem.ts'
import { SNAPSHOTS_MOST, type SnapshotRoom } from '../../../lib/contract/snapshots.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { dump, persistCheckpoint, prepareDump } from '../checkpoint/dump.ts'
import { beginCheckpoint } from '../checkpoint/keep.ts'
import { refuseObstacles } from '../checkpoint/obstacles.ts'
import { refuseMemoryWithoutSpace } from '../checkpoint/space.ts'
import { asMade } from '../made.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { refuseWithoutRoom } from './room.ts'
import { checkpointIn, metaIn, snapshotPaths, snapshotsFolder } from './snapshot-paths.ts'
import { whileStill } from './stand-still.ts'
import { removeSnapshot, type SnapshotRecord, snapshotIds } from './store.ts'

function refuseTooMany(sys: Sys, veid: number): void {
  if (snapshotIds(sys, veid).length < SNAPSHOTS_MOST) return
  throw new Problem('conflict', `VE ${veid} has ${SNAPSHOTS_MOST} snapshots: delete one of them first.`)
}

/** `room`: null for as much as the host has. */
type Wish = { id: string; memory: boolean; room: SnapshotRoom | null }

/** The disk, and the memory with it, of one instant: when that was. `checkpoint`: where the memory goes, null for none. */
function takeNow(context: MethodContext, spec: VeSpec, folder: string, checkpoint: string | null): number {
  const { sys } = context
  const { snapshots } = loadStorage(spec.storage)
  const init = loadRuntime().init(sys, spec.veid)
  snapshots.prepare(sys, spec, folder)
  const place = init === null || checkpoint === null ? null : prepareDump(sys, spec, checkpoint)
  const take = () => {
    const at = sys.now()
    const disk = () => snapshots.take(sys, spec, folder)
    if (init !== null && place !== null) dump(sys, asMade(sys, spec), init.pid, place, at, disk)
    else disk()
    return at
  }
  const label = checkpoint === null ? 'Copy the disk' : 'Write the memory down and copy the disk'
  return step(context, 'snapshot', label, () => {
    if (init === null) return take()
    const begun = sys.now()
    const at = whileStill(sys, spec, { cutOff: checkpoint !== null }, take)
    context.log(`VE ${spec.veid} stood still for ${sys.now() - begun} ms.`)
    return at
  })
}

/** The name comes last: all else is on the disk by then. */
function commit(sys: Sys, veid: number, record: SnapshotRecord): void {
  const { folder, unfinished } = snapshotPaths(veid, record.id)
  replaceFile(sys, metaIn(unfinished), JSON.stringify(record))
  mustRun(sys, ['sync', metaIn(unfinished), unfinished])
  sys.rename(unfinished, folder)
  mustRun(sys, ['sync', snapshotsFolder(veid)])
}

function refuseMemory(sys: Sys, spec: VeSpec): void {
  const init = loadRuntime().init(sys, spec.veid)
  if (init === null)
    throw new Problem('ve-state-forbids', `VE ${spec.veid} does not run: it has no memory to be kept.`)
  refuseObstacles(sys, asMade(sys, spec), init.pid)
  refuseMemoryWithoutSpace(sys, spec.veid)
}

function make(context: MethodContext, spec: VeSpec, { id, memory, room }: Wish, revert: Revert): void {
  const { sys } = context
  const { veid, storage } = spec
  const { unfinished } = snapshotPaths(veid, id)
  if (memory) refuseMemory(sys, spec)
  revert.push('snapshot', () => removeSnapshot(sys, veid, id))
  removeSnapshot(sys, veid, id) // one that has lost its record
  ensureDirectory(sys, unfinished)
  if (room !== null) refuseWithoutRoom(sys, spec, { room, memory, folder: unfinished })
  // Where who comes after an agent that was killed looks for a VE that stands still.
  const checkpoint = memory ? beginCheckpoint(sys, veid, revert) : null
  const at = takeNow(context, spec, unfinished, checkpoint)
  step(context, 'keep', 'Write it down', () => {
    if (checkpoint !== null) {
      persistCheckpoint(sys, checkpoint)
      sys.rename(checkpoint, checkpointIn(unfinished))
    }
    loadStorage(storage).snapshots.finish(sys, unfinished)
    commit(sys, veid, { id, at, memory, driver: storage, spec })
  })
}

/**
 * Of a VE that runs, or does not, which has none by this id. Throws `no-disk-space`, `checkpoint-failed`, `conflict` when it has too
 * many, `ve-state-forbids` for the memory of one that has none, and what `room` says.
 */
export function createSnapshot(context: MethodContext, spec: VeSpec, wish: Wish): void {
  refuseTooMany(context.sys, spec.veid)
  withRevert((revert) => make(context, spec, wish, revert))
}
