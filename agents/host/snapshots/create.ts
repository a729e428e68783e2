import { Problem } from '../../../lib/contract/problem.ts'
import { SNAPSHOTS_MOST } from '../../../lib/contract/snapshots.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { metaIn, snapshotPaths, snapshotsFolder } from './snapshot-paths.ts'
import { whileStill } from './stand-still.ts'
import { removeSnapshot, type SnapshotRecord, snapshotIds } from './store.ts'

function refuseTooMany(sys: Sys, veid: number): void {
  if (snapshotIds(sys, veid).length < SNAPSHOTS_MOST) return
  throw new Problem('conflict', `VE ${veid} has ${SNAPSHOTS_MOST} snapshots: delete one of them first.`)
}

/** Gives when it was taken. */
function takeDisk(context: MethodContext, spec: VeSpec, folder: string): number {
  const { sys } = context
  const { snapshots } = loadStorage(spec.storage)
  const take = () => {
    const at = sys.now()
    snapshots.take(sys, spec, folder)
    return at
  }
  snapshots.prepare(sys, spec, folder)
  const running = loadRuntime().init(sys, spec.veid) !== null
  return step(context, 'snapshot', 'Copy the disk', () =>
    running ? whileStill(sys, spec.veid, take) : take(),
  )
}

/** The name comes last: all else is on the disk by then. */
function commit(sys: Sys, veid: number, record: SnapshotRecord): void {
  const { folder, unfinished } = snapshotPaths(veid, record.id)
  replaceFile(sys, metaIn(unfinished), JSON.stringify(record))
  mustRun(sys, ['sync', metaIn(unfinished), unfinished])
  sys.rename(unfinished, folder)
  mustRun(sys, ['sync', snapshotsFolder(veid)])
}

function make(context: MethodContext, spec: VeSpec, id: string, revert: Revert): void {
  const { sys } = context
  const { unfinished } = snapshotPaths(spec.veid, id)
  revert.push('snapshot', () => removeSnapshot(sys, spec.veid, id))
  ensureDirectory(sys, unfinished)
  const at = takeDisk(context, spec, unfinished)
  step(context, 'keep', 'Write it down', () => {
    loadStorage(spec.storage).snapshots.finish(sys, unfinished)
    commit(sys, spec.veid, { id, at, memory: false, driver: spec.storage, spec })
  })
}

/** Of a VE that runs, or does not, which has none by this id. Throws `no-disk-space`, and `conflict` when it has too many. */
export function createSnapshot(context: MethodContext, spec: VeSpec, id: string): void {
  refuseTooMany(context.sys, spec.veid)
  withRevert((revert) => make(context, spec, id, revert))
}
