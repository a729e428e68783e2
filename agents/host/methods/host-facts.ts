import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { probeCapabilities } from '../facts/capabilities.ts'
import { readHostFacts } from '../facts/host-facts.ts'
import type { MethodContext } from '../request.ts'

export function hostFactsMethod({ sys, agentVersion }: MethodContext): AgentResult<'host-facts'> {
  return { agentVersion, facts: readHostFacts(sys), capabilities: probeCapabilities(sys) }
}
