import { type AgentResult, PROTOCOL_VERSION } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'

export function ping({ agentVersion }: MethodContext): AgentResult<'ping'> {
  return { protocol: PROTOCOL_VERSION, agentVersion }
}
