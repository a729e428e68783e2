import { type AgentParams, type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { updateGuest } from '../guest/setup.ts'
import { refuseForeignArch } from '../methods/ve-create.ts'
import { removeVe } from '../methods/ve-destroy.ts'
import { withVe } from '../methods/ve-request.ts'
import { clearUp } from '../methods/ve-start.ts'
import { observe } from '../observe.ts'
import { vePaths } from '../paths.ts'
import { demandQuota } from '../quota/place.ts'
import { type MethodContext, step } from '../request.ts'
import { withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { clearUnfinished } from '../snapshots/store.ts'
import { loadStorage } from '../storage/load.ts'
import { demandVeDirectory, rememberVeDirectory } from '../storage/ve-directory.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { findSpec, storeSpec } from '../ve-store.ts'
import { removeUnpacked } from './copies.ts'
import { refuseDriver, unpackDisk } from './disk.ts'
import { verified } from './manifest.ts'
import { demandStore } from './store.ts'

type Params = AgentParams<'ve-backup-restore'>

function refuse(sys: Sys, spec: VeSpec, stored: VeSpec): void {
  if (loadRuntime().init(sys, spec.veid) !== null)
    throw new Problem('ve-state-forbids', `VE ${spec.veid} is running: stop it before its disk is replaced.`)
  refuseHibernated(sys, spec.veid)
  if (spec.storage !== stored.storage || spec.idBase !== stored.idBase)
    throw new Problem('conflict', `VE ${spec.veid} has another disk than by that spec.`)
}

/** A root who has put something else where these files are is not kept from his own backup: the host gives him his addresses anyhow. */
function nameGuest({ sys, log }: MethodContext, spec: VeSpec): void {
  const storage = loadStorage(spec.storage)
  try {
    storage.attach(sys, spec)
    updateGuest(sys, spec)
  } catch (error) {
    log(`The files of VE ${spec.veid} stay as they were. ${Problem.from(error).detail}`)
  } finally {
    storage.detach(sys, spec.veid)
  }
}

/** In the place of the disk that the VE has, or of none. */
function putBack(context: MethodContext, { spec, store, backup, digest }: Params): void {
  const { sys } = context
  const { veid } = spec
  const from = `${store.path}/${backup}`
  const { snapshots } = loadStorage(spec.storage)
  removeUnpacked(sys, veid)
  try {
    const manifest = step(context, 'verify', 'Compare its digest', () => verified(sys, from, backup, digest))
    if (manifest.driver !== spec.storage)
      throw new Problem(
        'conflict',
        `The backup is of ${manifest.driver} storage, VE ${veid} has ${spec.storage}.`,
      )
    const folder = step(context, 'unpack', 'Unpack the disk', () => unpackDisk(sys, veid, from, manifest))
    step(context, 'disk', 'Put the disk in its place', () => snapshots.restore(sys, spec, folder))
  } finally {
    removeUnpacked(sys, veid)
  }
  step(context, 'guest', 'Set up the guest', () => nameGuest(context, spec))
}

function replaceDisk(context: MethodContext, params: Params, stored: VeSpec): void {
  const { sys } = context
  const { spec } = params
  refuse(sys, spec, stored)
  clearUp(sys, stored)
  clearUnfinished(sys, stored)
  putBack(context, params)
  storeSpec(sys, spec)
}

/** The spec comes last and makes the VE exist. */
function makeVe(context: MethodContext, params: Params): void {
  const { sys } = context
  const { spec } = params
  const { home, uuid } = vePaths(spec.veid)
  refuseForeignArch(sys, spec)
  demandVeDirectory(sys)
  loadStorage(spec.storage).demand(sys, { from: null, to: spec, running: false })
  demandQuota(sys, spec, false)
  removeVe(sys, spec.veid) // what an agent that was killed left behind
  withRevert((revert) => {
    revert.push('directory', () => removeVe(sys, spec.veid))
    ensureDirectory(sys, HOST_PATHS.ve)
    rememberVeDirectory(sys)
    ensureDirectory(sys, home)
    sys.write(uuid, `${spec.uuid}\n`)
    putBack(context, params)
    loadStorage(spec.storage).persist(sys, spec.veid)
    storeSpec(sys, spec)
    mustRun(sys, ['sync', uuid, home])
  })
}

export function veBackupRestore(context: MethodContext, params: Params): AgentResult<'ve-backup-restore'> {
  const { sys } = context
  const { spec, store } = params
  return withVe(context, spec, () => {
    refuseDriver(spec.storage)
    demandStore(sys, store)
    const stored = findSpec(sys, spec.veid)
    if (stored === null) makeVe(context, params)
    else replaceDisk(context, params, stored)
    return observe(sys, spec)
  })
}
