import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { noteHaltAsked } from '../halt-intent.ts'
import type { MethodContext } from '../request.ts'
import { haltSignal } from '../runtime/init-kind.ts'
import { loadRuntime } from '../runtime/load.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veHalt(context: MethodContext, params: AgentParams<'ve-halt'>): AgentResult<'ve-halt'> {
  const { sys } = context
  return withVe(context, params, () => {
    getSpec(sys, params.veid)
    const init = loadRuntime().init(sys, params.veid)
    if (init === null) return { asked: false }
    noteHaltAsked(sys, params.veid)
    sys.kill(init.pid, haltSignal(sys, init.pid))
    return { asked: true }
  })
}
