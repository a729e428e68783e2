import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { findMisfits } from '../move/fit.ts'
import type { MethodContext } from '../request.ts'

export function moveFits({ sys }: MethodContext, params: AgentParams<'move-fits'>): AgentResult<'move-fits'> {
  return { obstacles: findMisfits(sys, params) }
}
