import { type AgentParams, type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { archFromUname, archRuns } from '../../../lib/contract/arch.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { machineOf } from '../facts/machine.ts'
import { setUpGuest } from '../guest/setup.ts'
import { observe } from '../observe.ts'
import { vePaths } from '../paths.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadStorage } from '../storage/load.ts'
import { ensureDirectory } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import { getCache } from '../template/cache.ts'
import { findSpec } from '../ve-store.ts'
import { removeVe } from './ve-destroy.ts'
import { withVe } from './ve-request.ts'
import { bringUp, ensureRunning } from './ve-start.ts'

type Params = AgentParams<'ve-create'>

function refuseForeignArch(sys: Sys, spec: VeSpec): void {
  const host = archFromUname(machineOf(sys))
  if (host === null || !archRuns(host, spec.arch)) {
    throw new Problem(
      'architecture-mismatch',
      `The VE is for ${spec.arch}, this host is ${host ?? machineOf(sys)}.`,
    )
  }
}

function makeDisk(sys: Sys, { spec, cache, digest }: Params, revert: Revert): void {
  const { home, uuid } = vePaths(spec.veid)
  ensureDirectory(sys, HOST_PATHS.ve)
  revert.push('directory', () => removeVe(sys, spec.veid))
  ensureDirectory(sys, home)
  sys.write(uuid, `${spec.uuid}\n`)
  loadStorage(spec.storage).create(sys, spec, getCache(sys, cache, digest), revert)
  getCache(sys, cache, digest) // again: a rebuild takes the record away before it replaces the image
}

/** Leaves the disk attached for a start that follows. */
function setUp(sys: Sys, { spec, access, start, cache, digest }: Params, revert: Revert): void {
  const storage = loadStorage(spec.storage)
  revert.push('mount', () => storage.detach(sys, spec.veid))
  storage.attach(sys, spec)
  setUpGuest(sys, spec, access, { cache, digest })
  if (start) storage.flush(sys, spec.veid)
  else storage.detach(sys, spec.veid)
}

/** The spec comes last and makes the VE exist: what was made before it is on the disk by then, and its name afterwards. */
function commit(sys: Sys, spec: VeSpec): void {
  const { spec: path, uuid, home } = vePaths(spec.veid)
  sys.write(`${path}.new`, JSON.stringify(spec))
  sys.run(['sync', ...loadStorage(spec.storage).durableFiles(spec.veid), `${path}.new`, uuid])
  sys.rename(`${path}.new`, path)
  sys.run(['sync', home])
}

export function veCreate(context: MethodContext, params: Params): AgentResult<'ve-create'> {
  const { sys } = context
  const { spec } = params
  return withVe(context, spec, () => {
    const existing = findSpec(sys, spec.veid)
    if (existing !== null) return params.start ? ensureRunning(context, spec) : observe(sys, existing)
    refuseForeignArch(sys, spec)
    removeVe(sys, spec.veid) // what an agent that was killed left behind
    return withRevert((revert) => {
      step(context, 'disk', 'Make the disk from the template', () => makeDisk(sys, params, revert))
      step(context, 'guest', 'Set up the guest', () => setUp(sys, params, revert))
      commit(sys, spec)
      return params.start ? bringUp(context, spec) : observe(sys, spec)
    })
  })
}
