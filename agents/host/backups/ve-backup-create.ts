import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { withLock } from '../lock.ts'
import { withVe } from '../methods/ve-request.ts'
import { vePaths } from '../paths.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { whileStill } from '../snapshots/stand-still.ts'
import { clearUnfinished as clearSnapshots } from '../snapshots/store.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import { getSpec } from '../ve-store.ts'
import { copyFolder, removeCopy } from './copies.ts'
import { packDisk, refuseDriver } from './disk.ts'
import { digestOf, MANIFEST, readManifest, tellBackup, type WrittenManifest } from './manifest.ts'
import { backupPaths, clearUnfinished, demandStore, refuseFullStore } from './store.ts'

type Params = AgentParams<'ve-backup-create'>

/** Of one instant: when that was, and of what VE. */
function copyDisk(context: MethodContext, params: Params): { at: number; spec: VeSpec } {
  const { sys } = context
  return withVe(context, params, () => {
    const spec = getSpec(sys, params.veid)
    refuseDriver(spec.storage)
    refuseFullStore(sys, params.store, sys.stat(vePaths(spec.veid).disk)?.diskBytes ?? 0)
    clearSnapshots(sys, spec)
    removeCopy(sys, spec.veid)
    const folder = copyFolder(spec.veid)
    ensureDirectory(sys, folder)
    const { snapshots } = loadStorage(spec.storage)
    snapshots.prepare(sys, spec, folder)
    const take = () => {
      const at = sys.now()
      snapshots.take(sys, spec, folder)
      return at
    }
    const began = sys.now()
    const runs = loadRuntime().init(sys, spec.veid) !== null
    const at = runs ? whileStill(sys, spec, { cutOff: false }, take) : take()
    if (runs) context.log(`VE ${spec.veid} stood still for ${sys.now() - began} ms.`)
    return { at, spec }
  })
}

/** The name comes last: all else is on the disk by then. */
function pack(context: MethodContext, params: Params, { at, spec }: ReturnType<typeof copyDisk>): void {
  const { sys } = context
  const { store, backup: id, settings } = params
  const { folder, unfinished } = backupPaths(store, id, spec.veid)
  const { file, compression, sizeBytes, usedBytes } = packDisk(sys, {
    ...{ veid: spec.veid, store, into: unfinished },
  })
  const bytes = sys.stat(file)?.sizeBytes ?? 0
  const disk = { bytes, digest: digestOf(sys, file), sizeBytes, usedBytes }
  const manifest: WrittenManifest = {
    ...{ format: 1, id, at, driver: spec.storage, compression, disk, spec, settings },
  }
  replaceFile(sys, `${unfinished}/${MANIFEST}`, JSON.stringify(manifest))
  mustRun(sys, ['sync', `${unfinished}/${MANIFEST}`, unfinished])
  sys.rename(unfinished, folder)
  mustRun(sys, ['sync', store.path])
}

function make(context: MethodContext, params: Params, revert: Revert): void {
  const { sys } = context
  const { veid, store, backup } = params
  const { unfinished } = backupPaths(store, backup, veid)
  clearUnfinished(sys, store, veid)
  revert.push('copy of the disk', () => removeCopy(sys, veid))
  revert.push('half a backup', () => clearUnfinished(sys, store, veid))
  const copied = step(context, 'copy', 'Copy the disk', () => copyDisk(context, params))
  loadStorage(copied.spec.storage).snapshots.finish(sys, copyFolder(veid))
  mustRun(sys, ['mkdir', '-m', '700', unfinished])
  step(context, 'pack', 'Compress it into the store', () => pack(context, params, copied))
  removeCopy(sys, veid)
}

/**
 * The VE's lock is held while its disk is copied, not while the copy is packed: it can be stopped, and removed, meanwhile. A lock of the
 * backup's own keeps two of one VE apart.
 */
export function veBackupCreate(context: MethodContext, params: Params): AgentResult<'ve-backup-create'> {
  const { sys } = context
  const { veid, store, backup } = params
  return withLock(sys, `backup${veid}`, `A backup of VE ${veid}`, context.key, () => {
    demandStore(sys, store)
    const { folder } = backupPaths(store, backup, veid)
    if (readManifest(sys, folder, null) === null) withRevert((revert) => make(context, params, revert))
    const manifest = readManifest(sys, folder, null)
    if (manifest === null) throw new Error(`The backup ${backup} went as soon as it was made.`)
    return tellBackup(sys, folder, manifest)
  })
}
