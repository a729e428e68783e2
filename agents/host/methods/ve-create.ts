import {
  type AgentParams,
  type AgentResult,
  HOST_PATHS,
  type ObservedVe,
} from '../../../lib/contract/agent-protocol.ts'
import { archFromUname, archRuns } from '../../../lib/contract/arch.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { CloneSource } from '../../../lib/contract/snapshots.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { machineOf } from '../facts/machine.ts'
import { type HostKey, startHostKey } from '../guest/host-key.ts'
import { type ClonedFrom, startCloneSetUp, startGuestSetUp } from '../guest/setup.ts'
import { observe } from '../observe.ts'
import { vePaths } from '../paths.ts'
import { demandQuota } from '../quota/place.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { snapshotPaths } from '../snapshots/snapshot-paths.ts'
import { getSnapshot } from '../snapshots/store.ts'
import { loadStorage } from '../storage/load.ts'
import { demandVeDirectory, rememberVeDirectory } from '../storage/ve-directory.ts'
import { ensureDirectory, replaceFile } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Started, Sys } from '../sys/sys.ts'
import { getCache } from '../template/cache.ts'
import { findSpec } from '../ve-store.ts'
import { removeVe } from './ve-destroy.ts'
import { withVe } from './ve-request.ts'
import { ensureRunning, makeOnKernel, startInit } from './ve-start.ts'

type Params = AgentParams<'ve-create'>

export function refuseForeignArch(sys: Sys, spec: VeSpec): void {
  const host = archFromUname(machineOf(sys))
  if (host === null || !archRuns(host, spec.arch)) {
    throw new Problem(
      'architecture-mismatch',
      `The VE is for ${spec.arch}, this host is ${host ?? machineOf(sys)}.`,
    )
  }
}

/** The other VE keeps the snapshot meanwhile. */
function copySnapshot(context: MethodContext, spec: VeSpec, { snapshot, ...source }: CloneSource): void {
  const { sys } = context
  withVe(context, source, () => {
    if (getSnapshot(sys, source.veid, snapshot).driver !== spec.storage)
      throw new Problem(
        'conflict',
        `The snapshot is not of ${spec.storage} storage, which the VE is to have.`,
      )
    const { folder } = snapshotPaths(source.veid, snapshot)
    loadStorage(spec.storage).snapshots.restore(sys, spec, folder)
  })
}

/** Throws `invalid-input` when it is to be made of nothing. */
function clonedFrom({ cache, digest }: Params): ClonedFrom {
  if (cache !== undefined && digest !== undefined) return { cache, digest }
  throw new Problem('invalid-input', 'Say of which template, or of which snapshot.')
}

function fillDisk(context: MethodContext, params: Params, revert: Revert): void {
  const { sys } = context
  const { spec, from } = params
  if (from !== undefined) {
    copySnapshot(context, spec, from)
    return
  }
  const { cache, digest } = clonedFrom(params)
  loadStorage(spec.storage).create(sys, spec, getCache(sys, cache, digest), revert)
  getCache(sys, cache, digest) // again: a rebuild takes the record away before it replaces the image
}

/** Gives the SSH host key that is made meanwhile; null where it keeps one. */
function makeDisk(context: MethodContext, params: Params, revert: Revert): HostKey | null {
  const { sys } = context
  const { spec, from } = params
  const { home, uuid } = vePaths(spec.veid)
  ensureDirectory(sys, HOST_PATHS.ve)
  revert.push('directory', () => removeVe(sys, spec.veid))
  rememberVeDirectory(sys)
  ensureDirectory(sys, home)
  sys.write(uuid, `${spec.uuid}\n`)
  const hostKey = from?.keepIdentity ? null : startHostKey(sys, spec.veid, spec.hostname)
  fillDisk(context, params, revert)
  return hostKey?.wait() ?? null
}

/** Mounts the disk and begins to set up what is on it. */
function startSetUp(sys: Sys, params: Params, hostKey: HostKey | null, revert: Revert): Started {
  const { spec, access, from } = params
  const storage = loadStorage(spec.storage)
  revert.push('mount', () => storage.detach(sys, spec.veid))
  storage.attach(sys, spec)
  if (from !== undefined || hostKey === null) return startCloneSetUp(sys, spec, access, hostKey)
  return startGuestSetUp(sys, spec, access, hostKey, clonedFrom(params))
}

/** The spec comes last and makes the VE exist: the file system is on the disk by then, spec and names are afterwards. */
function commit(sys: Sys, spec: VeSpec): void {
  const { spec: path, uuid, home } = vePaths(spec.veid)
  loadStorage(spec.storage).persist(sys, spec.veid)
  replaceFile(sys, path, JSON.stringify(spec))
  mustRun(sys, ['sync', uuid, path, home])
}

/**
 * For a VE that is to start, namespaces and network are made while its guest is set up: neither needs the other, and each
 * waits for the kernel or the disk most of the time.
 */
function make(context: MethodContext, params: Params, revert: Revert): ObservedVe {
  const { sys } = context
  const { spec, start, from } = params
  const label = `Make the disk from the ${from === undefined ? 'template' : 'snapshot'}`
  const hostKey = step(context, 'disk', label, () => makeDisk(context, params, revert))
  const guest = startSetUp(sys, params, hostKey, revert)
  const init = start ? makeOnKernel(context, spec, revert) : null
  step(context, 'guest', 'Set up the guest', () => guest.wait())
  if (init === null) loadStorage(spec.storage).detach(sys, spec.veid)
  commit(sys, spec)
  return init === null ? observe(sys, spec) : startInit(context, spec, init)
}

export function veCreate(context: MethodContext, params: Params): AgentResult<'ve-create'> {
  const { sys } = context
  const { spec } = params
  return withVe(context, spec, () => {
    const existing = findSpec(sys, spec.veid)
    if (existing !== null) return params.start ? ensureRunning(context, spec) : observe(sys, existing)
    refuseForeignArch(sys, spec)
    demandVeDirectory(sys)
    loadStorage(spec.storage).demand(sys, { from: null, to: spec, running: false })
    demandQuota(sys, spec, false)
    removeVe(sys, spec.veid) // what an agent that was killed left behind
    return withRevert((revert) => make(context, params, revert))
  })
}
