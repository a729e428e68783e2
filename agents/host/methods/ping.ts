import { type AgentResult, PROTOCOL_VERSION } from '../../../lib/contract/agent-protocol.ts'
import { AGENT_VERSION } from '../version.ts'

export function ping(): AgentResult<'ping'> {
  return { protocol: PROTOCOL_VERSION, agentVersion: AGENT_VERSION }
}
