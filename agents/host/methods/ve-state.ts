import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { observe, observeAll } from '../observe.ts'
import type { MethodContext } from '../request.ts'
import { findSpec } from '../ve-store.ts'

/** Of one VE none when it is not here. */
export function veState({ sys }: MethodContext, params: AgentParams<'ve-state'>): AgentResult<'ve-state'> {
  if (params.veid === undefined) return { ves: observeAll(sys) }
  const spec = findSpec(sys, params.veid)
  return { ves: spec === null ? [] : [observe(sys, spec)] }
}
