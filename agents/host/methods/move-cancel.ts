import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { settleCheckpoint } from '../checkpoint/settle-checkpoint.ts'
import { withLock } from '../lock.ts'
import { cameBy } from '../move/adopt.ts'
import { unauthorize } from '../move/authorized-keys.ts'
import { forgetOutgoing } from '../move/forget.ts'
import { readAccepted, removeIncoming } from '../move/incoming.ts'
import { closeLink } from '../move/link.ts'
import { readOutgoing } from '../move/outgoing.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { findSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

type Params = AgentParams<'move-cancel'>
type Result = AgentResult<'move-cancel'>

/** The record goes before anything is let go: a VE that goes on is never taken for one that was given away. */
function onSource(context: MethodContext, params: Params): Result {
  const { sys } = context
  const { veid, move, dropped } = params
  closeLink(sys, move) // ends what is sending, which waits for nothing else
  return withLock(sys, `move${veid}`, `The move of VE ${veid}`, context.key, () =>
    withVe(
      context,
      params,
      () => {
        const outgoing = readOutgoing(sys, veid)
        if (outgoing?.moved || (outgoing?.released != null && !dropped)) {
          throw new Problem(
            've-state-forbids',
            `VE ${veid} was released: it goes on here only once the destination has dropped it.`,
          )
        }
        forgetOutgoing(sys, veid)
        step(context, 'thaw', 'Let it go on', () => settleCheckpoint(sys, veid))
        const spec = findSpec(sys, veid)
        return { ve: spec === null ? null : observe(sys, spec) }
      },
      { givenAway: 'allow' },
    ),
  )
}

/** The epoch is no matter: nothing of the VE is touched that runs anywhere. */
function onDestination({ sys, key }: MethodContext, { veid, uuid, move }: Params): Result {
  return withLock(sys, `ve${veid}`, `VE ${veid}`, key, () => {
    if (cameBy(sys, veid, move)) {
      throw new Problem(
        've-state-forbids',
        `VE ${veid} has been taken over by this host: it cannot be dropped.`,
      )
    }
    const accepted = readAccepted(sys, veid)
    if (accepted === null || accepted.move === move) removeIncoming(sys, veid)
    unauthorize(sys, move)
    const spec = findSpec(sys, veid) // on the source, when this is asked again
    return { ve: spec?.uuid === uuid ? observe(sys, spec) : null }
  })
}

export function moveCancel(context: MethodContext, params: Params): Result {
  const isSource = readOutgoing(context.sys, params.veid)?.move === params.move
  return isSource ? onSource(context, params) : onDestination(context, params)
}
