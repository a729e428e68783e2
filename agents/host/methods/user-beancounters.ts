import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'

export function userBeancountersMethod(): AgentResult<'user-beancounters'> {
  throw new Problem('capability-missing', 'This agent does not know how yet.')
}
