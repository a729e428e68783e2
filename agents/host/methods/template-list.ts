import type { AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'
import { listCaches } from '../template/cache.ts'

export function templateList({ sys }: MethodContext): AgentResult<'template-list'> {
  return { caches: listCaches(sys) }
}
