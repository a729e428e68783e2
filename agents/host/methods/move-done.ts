import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { forgetCheckpoints } from '../checkpoint/keep.ts'
import { removeMoveKey } from '../move/link.ts'
import { readOutgoing, writeOutgoing } from '../move/outgoing.ts'
import { removeCopies } from '../move/passes.ts'
import { type MethodContext, step } from '../request.ts'
import { demandVeDirectory } from '../storage/ve-directory.ts'
import { tearDown } from '../teardown.ts'
import { removeVe } from './ve-destroy.ts'
import { withVe } from './ve-request.ts'

/** Once the destination runs it. The new epoch is entered first: no request of the time before can start it here. */
export function moveDone(context: MethodContext, params: AgentParams<'move-done'>): AgentResult<'move-done'> {
  const { sys } = context
  const { veid, uuid, move, newEpoch, keep } = params
  return withVe(
    context,
    { veid, uuid, epoch: newEpoch },
    () => {
      demandVeDirectory(sys)
      const outgoing = readOutgoing(sys, veid)
      if (outgoing === null) return {} // done already, and removed
      if (outgoing.move !== move || outgoing.released === null) {
        throw new Problem('ve-state-forbids', `VE ${veid} was not released by move ${move}.`)
      }
      step(context, 'remove', keep ? 'Take it off the kernel' : 'Remove it here', () => {
        tearDown(sys, { veid })
        removeCopies(sys, veid)
        removeMoveKey(sys, move)
        forgetCheckpoints(sys, veid)
        if (keep) writeOutgoing(sys, veid, { ...outgoing, bases: [], moved: true })
        else removeVe(sys, veid)
      })
      return {}
    },
    { givenAway: 'allow' },
  )
}
