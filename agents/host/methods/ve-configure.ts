import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { updateGuest } from '../guest/setup.ts'
import { asMade } from '../made.ts'
import { convergeNetwork } from '../network/converge.ts'
import { observe } from '../observe.ts'
import { veCgroup } from '../paths.ts'
import { demandQuota } from '../quota/place.ts'
import { type MethodContext, step } from '../request.ts'
import { applyLimits, refuseLimits } from '../resources/live-limits.ts'
import { changeOomScore, oomScoreOf } from '../resources/oom-score.ts'
import { type Revert, withRevert } from '../revert.ts'
import { changeBounds } from '../runtime/guest-bounds.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { rescueOf } from '../storage/rescue-disk.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { CONVERGERS } from './convergers.ts'
import { withVe } from './ve-request.ts'

type Access = AgentParams<'ve-configure'>['access']
type Change = { from: VeSpec; to: VeSpec }

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What a VE was made with and stays with. */
const FIXED = ['arch', 'idBase', 'storage'] as const satisfies (keyof VeSpec)[]

function refuse(field: string, text: string): Problem {
  return new Problem('invalid-input', text, { fields: { [`spec.${field}`]: text } })
}

function check(sys: Sys, { from, to }: Change, running: boolean): void {
  const changed = FIXED.find((name) => !same(from[name], to[name]))
  if (changed !== undefined) throw refuse(changed, 'Fixed when the VE was created.')
  loadStorage(to.storage).demand(sys, { from, to, running })
  if (from.limits.quotaOwners === 0) demandQuota(sys, to, running)
  if (running && rescueOf(sys, to.veid) !== null) {
    throw new Problem('ve-state-forbids', `VE ${to.veid} runs its rescue system: stop that first.`)
  }
}

/** Those of a namespace that it shares with the host are the host's. */
function setHostname(sys: Sys, spec: VeSpec, initPid: number): void {
  if (!spec.namespaces.includes('uts')) return
  mustRun(sys, ['nsenter', `--target=${initPid}`, '--uts', 'hostname', spec.hostname])
}

/** After the files: a VE that is booting takes its name from them. */
function changeHostname(sys: Sys, { from, to }: Change, initPid: number, revert: Revert): void {
  if (from.hostname === to.hostname) return
  revert.push('host name', () => setHostname(sys, from, initPid))
  setHostname(sys, to, initPid)
}

const guestPart = ({ hostname, interfaces, networkDevices, dns }: VeSpec) => ({
  hostname,
  interfaces,
  networkDevices,
  dns,
})

/** Its file system is mounted while its files are changed; a stopped VE has nothing on the kernel before and after. */
function withDisk(sys: Sys, spec: VeSpec, running: boolean, work: () => void): void {
  const storage = loadStorage(spec.storage)
  if (running) {
    work()
    return
  }
  try {
    storage.attach(sys, spec)
    work()
  } finally {
    storage.detach(sys, spec.veid)
  }
}

/**
 * Addresses, rates and cards are the host's to give and to take: its root, or a full disk, does not keep a VE what it has by files that
 * cannot be written. A name, name servers, a password and keys are in these files or nowhere.
 */
function writeGuest(context: MethodContext, { from, to }: Change, access: Access): void {
  try {
    updateGuest(context.sys, to, access)
  } catch (error) {
    if (access !== undefined || from.hostname !== to.hostname || !same(from.dns, to.dns)) throw error
    context.log(`The files of VE ${to.veid} stay as they are. ${Problem.from(error).detail}`)
  }
}

/** A password or keys that were changed stay when the rest is taken back: what was there before is not known. */
function changeGuest(
  context: MethodContext,
  change: Change,
  access: Access,
  running: boolean,
  revert: Revert,
): void {
  const { sys } = context
  const { from, to } = change
  if (same(guestPart(from), guestPart(to)) && access === undefined) return
  revert.push('guest files', () => withDisk(sys, from, running, () => updateGuest(sys, from)))
  withDisk(sys, to, running, () => writeGuest(context, change, access))
}

function changeRunning(context: MethodContext, { from, to }: Change, initPid: number, revert: Revert): void {
  const { sys } = context
  for (const { name, label, converge } of CONVERGERS) {
    step(context, name, label, () => converge(sys, from, to, initPid, revert))
  }
  if (!same(from.limits, to.limits)) {
    step(context, 'limits', 'Set the limits', () => changeLimits(context, { from, to }, initPid, revert))
  }
}

/** Its root does not keep others from a change by what it did to its own terminals or shared memory: those then wait for its next start. */
function changeLimits(
  { sys, log }: MethodContext,
  { from, to }: Change,
  initPid: number,
  revert: Revert,
): void {
  revert.push('limits', () => applyLimits(sys, from))
  applyLimits(sys, to)
  const [score, before] = [oomScoreOf(sys, to.limits), oomScoreOf(sys, from.limits)]
  revert.push('out-of-memory scores', () => changeOomScore(sys, veCgroup(to.veid), score, before))
  changeOomScore(sys, veCgroup(to.veid), before, score)
  revert.push('bounds inside', () => changeBounds(sys, to, from, initPid))
  for (const name of changeBounds(sys, from, to, initPid))
    log(`VE ${to.veid}: ${name} is changed when it starts anew.`)
}

const diskPart = ({ limits }: VeSpec) => ({
  ...{ bytes: limits.diskBytes, softBytes: limits.diskSoftBytes },
  ...{ inodes: limits.diskInodes, softInodes: limits.diskSoftInodes, grace: limits.diskGraceSeconds },
})

/**
 * The image of a running VE does not shrink again, so it grows when nothing else can fail any more. What a VE on the kernel was made with counts for
 * all that is done to it now; the spec that is kept is the one that was asked for.
 */
function configure(context: MethodContext, asked: Change, access: Access, initPid: number | null): void {
  const { sys } = context
  const change = { from: asMade(sys, asked.from), to: asMade(sys, asked.to) }
  const { from, to } = change
  withRevert((revert) => {
    if (initPid !== null) changeRunning(context, change, initPid, revert)
    // A stopped one is told now what its host cannot give it, not when it starts.
    else {
      convergeNetwork(sys, from, to, null, revert)
      refuseLimits(sys, to)
    }
    const guest = () => changeGuest(context, change, access, initPid !== null, revert)
    step(context, 'guest', 'Set up the guest', guest)
    if (initPid !== null) changeHostname(sys, change, initPid, revert)
    if (!same(diskPart(from), diskPart(to))) {
      revert.push('disk', () => loadStorage(to.storage).limit(sys, from))
      step(context, 'disk', 'Limit the disk', () => loadStorage(to.storage).limit(sys, to))
    }
    storeSpec(sys, asked.to)
  })
}

export function veConfigure(
  context: MethodContext,
  { spec, access }: AgentParams<'ve-configure'>,
): AgentResult<'ve-configure'> {
  const { sys } = context
  return withVe(context, spec, () => {
    refuseHibernated(sys, spec.veid)
    const change = { from: getSpec(sys, spec.veid), to: spec }
    const init = loadRuntime().init(sys, spec.veid)
    check(sys, change, init !== null)
    configure(context, change, access, init?.pid ?? null)
    return observe(sys, spec)
  })
}
