import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { goOnCounting } from '../beancounters/record.ts'
import { runOf } from '../beancounters/sample.ts'
import { type CheckpointMeta, readCheckpoint } from '../checkpoint/checkpoint-meta.ts'
import { checkpointPaths } from '../checkpoint/checkpoint-paths.ts'
import { removeFolder, useCheckpoint } from '../checkpoint/keep.ts'
import { letGo } from '../checkpoint/stand-still.ts'
import { attachEquipment } from '../equipment.ts'
import { refuseTorn } from '../move/arrived.ts'
import { startAnnouncing, startAnnouncingRouted } from '../network/announce.ts'
import { convergeNetwork } from '../network/converge.ts'
import { attachWaiting, joinRestored, startCompleting, waitingEnd } from '../network/restored.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { startTicks } from '../sys/process-identity.ts'
import { tearDown } from '../teardown.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

type Change = { from: VeSpec; to: VeSpec }

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What its processes live in cannot become another meanwhile. */
const FIXED = [
  'arch',
  'idBase',
  'storage',
  'kind',
  'namespaces',
  'application',
] as const satisfies (keyof VeSpec)[]

function refuse({ from, to }: Change): void {
  const changed = FIXED.find((name) => !same(from[name], to[name]))
  if (changed === undefined) return
  const text = 'It stays what it is until the VE is stopped.'
  throw new Problem('invalid-input', text, { fields: { [`spec.${changed}`]: text } })
}

/** CRIU knows an interface by its name inside, and takes the device that waits for it. */
function devicesOf({ interfaces }: CheckpointMeta): Record<string, string> {
  return Object.fromEntries(Object.entries(interfaces).map(([end, name]) => [name, waitingEnd(end)]))
}

/** `completing`: goes on beside what follows, and does not have to be at its end before the VE goes on. */
type Back = { pid: number; completing: Pending }

/** All of the VE, standing still and cut off. */
function restoreOnKernel(context: MethodContext, change: Change, meta: CheckpointMeta, revert: Revert): Back {
  const { sys } = context
  const { from, to } = change
  revert.push('VE on the kernel', () => tearDown(sys, to))
  step(context, 'make', 'Mount the disk', () => loadStorage(to.storage).attach(sys, to))
  step(context, 'network', 'Connect the network', () => attachWaiting(sys, from, meta.interfaces))
  // What comes for it from now on waits at its interface (restored.ts): who sends need not try again once it goes on.
  startAnnouncingRouted(sys, from)
  const { kept: folder } = checkpointPaths(to.veid)
  const pid = step(context, 'memory', 'Bring its memory back', () =>
    loadRuntime().restore(sys, to, { folder, mounts: meta.mounts, devices: devicesOf(meta) }),
  )
  const completing = startCompleting(sys, from, pid, meta.interfaces)
  if (!same(from.interfaces, to.interfaces) || !same(from.firewall, to.firewall)) {
    convergeNetwork(sys, from, to, pid, revert)
  }
  attachEquipment(sys, to, pid)
  return { pid, completing }
}

/** When this throws the VE is hibernated as before, and nothing of it on the kernel. `durable`: see resumeHibernated. */
function restore(context: MethodContext, change: Change, meta: CheckpointMeta, durable: Pending): Back {
  const { sys } = context
  const { from, to } = change
  return withRevert((revert) => {
    const back = restoreOnKernel(context, change, meta, revert)
    const { pid } = back
    goOnCounting(sys, to.veid, runOf({ pid, startTicks: startTicks(sys, pid) ?? 0 }), meta.counted)
    revert.push('spec', () => storeSpec(sys, from))
    storeSpec(sys, to)
    durable.wait()
    useCheckpoint(sys, to.veid, revert)
    return back
  })
}

function goOn(context: MethodContext, spec: VeSpec, { pid, completing }: Back): void {
  const { sys } = context
  step(context, 'thaw', 'Let it go on', () => letGo(sys, spec, joinRestored(sys, spec, pid)))
  const announcing = startAnnouncing(sys, spec, pid)
  completing.wait()
  removeFolder(sys, checkpointPaths(spec.veid).used)
  for (const each of announcing) each.wait()
}

/** What was begun before, and has to be at its end before the VE goes on; it throws. */
type Pending = { wait(): unknown }

/** Of a VE that is not on the kernel. Call it with the VE's lock. Throws `restore-failed`, `ve-state-forbids`. */
export function resumeHibernated(
  context: MethodContext,
  change: Change,
  durable: Pending = { wait: () => {} },
): void {
  const { sys } = context
  const { to } = change
  const meta = readCheckpoint(sys, to.veid)
  if (meta === null) throw new Problem('ve-state-forbids', `VE ${to.veid} is not hibernated.`)
  refuseTorn(sys, to.veid)
  refuse(change)
  const began = sys.now()
  goOn(context, to, restore(context, change, meta, durable))
  context.log(`Back after ${sys.now() - began} ms.`)
}

export function veResume(
  context: MethodContext,
  { spec }: AgentParams<'ve-resume'>,
): AgentResult<'ve-resume'> {
  const { sys } = context
  return withVe(context, spec, () => {
    const from = getSpec(sys, spec.veid)
    if (loadRuntime().init(sys, spec.veid) !== null) return observe(sys, from)
    resumeHibernated(context, { from, to: spec })
    return observe(sys, spec)
  })
}
