import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { refuseObstacles } from '../checkpoint/obstacles.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { refuseMemoryWithoutSpace } from '../checkpoint/space.ts'
import { withLock } from '../lock.ts'
import { asMade } from '../made.ts'
import { giveAwayLive, giveAwayStopped } from '../move/give-away.ts'
import { openLink } from '../move/link.ts'
import { getOutgoing } from '../move/outgoing.ts'
import type { MethodContext } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { snapshotIds } from '../snapshots/store.ts'
import { hasTraces } from '../teardown.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

type Params = AgentParams<'move-freeze'>
type Result = AgentResult<'move-freeze'>

function giveAway(context: MethodContext, { veid, move, target, live }: Params): Result {
  const { sys } = context
  const { released } = getOutgoing(sys, veid, move)
  if (released !== null) return released
  const spec = getSpec(sys, veid)
  const init = loadRuntime().init(sys, veid)
  refuseHibernated(sys, veid)
  if (snapshotIds(sys, veid).length > 0) {
    throw new Problem(
      'conflict',
      `VE ${veid} has snapshots, which would go with its disk here: delete them first.`,
    )
  }
  if (live) {
    if (init === null) throw new Problem('ve-state-forbids', `VE ${veid} does not run.`)
    const made = asMade(sys, spec)
    refuseObstacles(sys, made, init.pid)
    refuseMemoryWithoutSpace(sys, veid)
    openLink(sys, move, target)
    return giveAwayLive(context, made, init.pid, { move, target })
  }
  if (init !== null || hasTraces(sys, spec)) {
    throw new Problem('ve-state-forbids', `VE ${veid} has to be stopped before it moves so.`)
  }
  openLink(sys, move, target)
  return giveAwayStopped(context, spec, { move, target })
}

export function moveFreeze(context: MethodContext, params: Params): Result {
  const { sys } = context
  const { veid } = params
  return withLock(sys, `move${veid}`, `The move of VE ${veid}`, context.key, () =>
    withVe(context, params, () => giveAway(context, params), { givenAway: 'allow' }),
  )
}
