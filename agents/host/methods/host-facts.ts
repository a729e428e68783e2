import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { probeCapabilities } from '../facts/capabilities.ts'
import { readHostFacts } from '../facts/host-facts.ts'
import type { MethodContext } from '../request.ts'
import { AGENT_VERSION } from '../version.ts'

export function hostFactsMethod({ sys }: MethodContext): AgentResult<'host-facts'> {
  return { agentVersion: AGENT_VERSION, facts: readHostFacts(sys), capabilities: probeCapabilities(sys) }
}
