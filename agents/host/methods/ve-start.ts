import type { AgentParams, AgentResult, ObservedVe } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { attachEquipment } from '../equipment.ts'
import { forgetHaltAsked } from '../halt-intent.ts'
import { startAnnouncing } from '../network/announce.ts'
import { attachNetwork } from '../network/converge.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { attachRescueDisk, rescueOf } from '../storage/rescue-disk.ts'
import type { Sys } from '../sys/sys.ts'
import { hasTraces, noteExit, takeOff, tearDown } from '../teardown.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

type BootOptions = { rescue: boolean }

/**
 * Of a VE that has nothing on the kernel, except that its disk may be attached: all but its init, which waits to be started. Gives
 * its pid. Call this, and what is below, with the VE's lock.
 */
export function makeOnKernel(
  context: MethodContext,
  spec: VeSpec,
  revert: Revert,
  { rescue }: BootOptions = { rescue: false },
): number {
  const { sys } = context
  revert.push('VE on the kernel', () => tearDown(sys, spec))
  const pid = step(context, 'make', 'Mount the disk and make the namespaces', () => {
    if (rescue) attachRescueDisk(sys, spec)
    loadStorage(spec.storage).attach(sys, spec, rescue)
    return loadRuntime().make(sys, spec, { rescue })
  })
  step(context, 'network', 'Connect the network', () => attachNetwork(sys, spec, pid))
  attachEquipment(sys, spec, pid)
  return pid
}

/** A program without an init may be done before it was seen to run. That is how it ended, and no failure of the start. */
function isDone(sys: Sys, spec: VeSpec): boolean {
  return spec.kind === 'application' && (loadRuntime().exit(sys, spec.veid)?.code ?? null) !== null
}

/** Seen to run; false when it is done already. */
function release(sys: Sys, spec: VeSpec, pid: number): boolean {
  try {
    loadRuntime().release(sys, spec.veid, pid)
    return true
  } catch (error) {
    if (!isDone(sys, spec)) throw error
    noteExit(sys, spec)
    return false
  }
}

export function startInit(context: MethodContext, spec: VeSpec, pid: number): ObservedVe {
  const { sys } = context
  if (!step(context, 'init', 'Start init', () => release(sys, spec, pid))) return observe(sys, spec)
  const announcing = startAnnouncing(sys, spec, pid)
  const seen = observe(sys, spec)
  for (const each of announcing) each.wait()
  return seen
}

export function bringUp(context: MethodContext, spec: VeSpec, options?: BootOptions): ObservedVe {
  return withRevert((revert) => startInit(context, spec, makeOnKernel(context, spec, revert, options)))
}

/** What a VE that died, an agent that was killed or a host that crashed left behind. */
export function clearUp(sys: Sys, spec: VeSpec): void {
  if (hasTraces(sys, spec) || rescueOf(sys, spec.veid) !== null) takeOff(sys, spec)
  else forgetHaltAsked(sys, spec.veid)
}

/** Starts a created VE by `spec`; one that runs is left alone. */
export function ensureRunning(context: MethodContext, spec: VeSpec): ObservedVe {
  const { sys } = context
  const stored = getSpec(sys, spec.veid)
  if (stored.idBase !== spec.idBase) {
    throw new Problem('ve-start-failed', `The id range of VE ${spec.veid} was fixed when it was created.`)
  }
  if (loadRuntime().init(sys, spec.veid) !== null) return observe(sys, stored)
  refuseHibernated(sys, spec.veid)
  clearUp(sys, stored)
  storeSpec(sys, spec)
  return bringUp(context, spec)
}

export function veStart(context: MethodContext, { spec }: AgentParams<'ve-start'>): AgentResult<'ve-start'> {
  return withVe(context, spec, () => ensureRunning(context, spec))
}
