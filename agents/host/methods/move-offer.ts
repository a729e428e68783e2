import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { makeMoveKey } from '../move/link.ts'
import { readOutgoing, writeOutgoing } from '../move/outgoing.ts'
import { refuseStorage } from '../move/passes.ts'
import type { MethodContext } from '../request.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function moveOffer(
  context: MethodContext,
  params: AgentParams<'move-offer'>,
): AgentResult<'move-offer'> {
  const { sys } = context
  const { veid, move } = params
  return withVe(context, params, () => {
    refuseStorage(getSpec(sys, veid))
    const known = readOutgoing(sys, veid)
    if (known !== null && known.move !== move) {
      throw new Problem(
        'conflict',
        `VE ${veid} is on another move already, ${known.move}: cancel that first.`,
      )
    }
    if (known === null) writeOutgoing(sys, veid, { move, bases: [], released: null, moved: false })
    return { publicKey: makeMoveKey(sys, move) }
  })
}
