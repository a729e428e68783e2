import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { readCheckpoint } from '../checkpoint/checkpoint-meta.ts'
import { dump, persistCheckpoint, prepareDump } from '../checkpoint/dump.ts'
import { beginCheckpoint, keepCheckpoint } from '../checkpoint/keep.ts'
import { refuseObstacles } from '../checkpoint/obstacles.ts'
import { refuseMemoryWithoutSpace } from '../checkpoint/space.ts'
import { standStill } from '../checkpoint/stand-still.ts'
import { forgetHaltAsked } from '../halt-intent.ts'
import { asMade } from '../made.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { tearDown } from '../teardown.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

/** Until its last line the VE goes on when anything fails. */
function writeDown(context: MethodContext, spec: VeSpec, initPid: number): void {
  const { sys } = context
  withRevert((revert) => {
    const folder = beginCheckpoint(sys, spec.veid, revert)
    const place = prepareDump(sys, spec, folder)
    const at = sys.now()
    step(context, 'freeze', 'Cut its network and freeze it', () => standStill(sys, spec, revert))
    const frozen = sys.now()
    step(context, 'memory', 'Write its memory down', () => dump(sys, spec, initPid, place, at))
    const dumped = sys.now()
    step(context, 'persist', 'Wait for the disk', () => {
      loadStorage(spec.storage).persist(sys, spec.veid)
      persistCheckpoint(sys, folder)
    })
    context.log(
      `Frozen in ${frozen - at} ms, written in ${dumped - frozen} ms, on the disk in ${sys.now() - dumped} ms.`,
    )
    keepCheckpoint(sys, spec.veid, revert)
  })
}

export function veHibernate(
  context: MethodContext,
  params: AgentParams<'ve-hibernate'>,
): AgentResult<'ve-hibernate'> {
  const { sys } = context
  const { veid } = params
  return withVe(context, params, () => {
    const spec = getSpec(sys, veid)
    if (readCheckpoint(sys, veid) !== null) return observe(sys, spec)
    const init = loadRuntime().init(sys, veid)
    if (init === null) throw new Problem('ve-state-forbids', `VE ${veid} is not running.`)
    const made = asMade(sys, spec)
    refuseObstacles(sys, made, init.pid)
    refuseMemoryWithoutSpace(sys, veid)
    writeDown(context, made, init.pid)
    step(context, 'remove', 'Take it off the kernel', () => tearDown(sys, spec))
    forgetHaltAsked(sys, veid)
    return observe(sys, spec)
  })
}
