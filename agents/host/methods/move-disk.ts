import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import { withLock } from '../lock.ts'
import { openLink } from '../move/link.ts'
import { getOutgoing } from '../move/outgoing.ts'
import { keepCopies, prepareCopy, sendInPasses, takeCopy } from '../move/passes.ts'
import { type MethodContext, step } from '../request.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

/**
 * The VE's lock is held while a copy is taken, not while it is sent: it can be stopped, and the move cancelled, meanwhile. A lock of
 * the move's own keeps two from sending at once.
 */
export function moveDisk(context: MethodContext, params: AgentParams<'move-disk'>): AgentResult<'move-disk'> {
  const { sys } = context
  const { veid, move, target } = params
  const spec = withVe(context, params, () => getSpec(sys, veid))
  return withLock(sys, `move${veid}`, `The move of VE ${veid}`, context.key, () => {
    keepCopies(sys, veid, getOutgoing(sys, veid, move).bases)
    step(context, 'link', 'Connect to the destination', () => openLink(sys, move, target))
    const take = (name: string) =>
      withVe(context, params, () => {
        getOutgoing(sys, veid, move) // it may have been cancelled meanwhile
        prepareCopy(sys, spec)
        takeCopy(sys, spec, name)
      })
    const passes = step(context, 'disk', 'Send the disk', () =>
      sendInPasses(sys, spec, { move, target }, take, ({ bytes, milliseconds }) =>
        context.log(`Sent ${formatBytes(bytes)} of the disk in ${milliseconds} ms.`),
      ),
    )
    return { passes }
  })
}
