import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { noteHaltAsked } from '../halt-intent.ts'
import { asMade } from '../made.ts'
import type { MethodContext } from '../request.ts'
import { haltSignal } from '../runtime/init-kind.ts'
import { loadRuntime } from '../runtime/load.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

/** What a program without an init expects. */
const SIGTERM = 15

export function veHalt(context: MethodContext, params: AgentParams<'ve-halt'>): AgentResult<'ve-halt'> {
  const { sys } = context
  return withVe(context, params, () => {
    const { kind } = asMade(sys, getSpec(sys, params.veid))
    const init = loadRuntime().init(sys, params.veid)
    if (init === null) return { asked: false }
    noteHaltAsked(sys, params.veid, params.waitSeconds)
    sys.kill(init.pid, kind === 'application' ? SIGTERM : haltSignal(sys, init.pid))
    return { asked: true }
  })
}
