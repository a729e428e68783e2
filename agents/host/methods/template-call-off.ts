import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { withLock } from '../lock.ts'
import type { MethodContext } from '../request.ts'
import { clearConfinement } from '../resources/confine.ts'
import { findCache } from '../template/cache.ts'
import { buildCgroup, clearBuild } from '../template/clear-build.ts'

/** The build is killed together with its agent, which frees the lock. What was built before, or just in time, stays. */
export function templateCallOff(
  { sys, key }: MethodContext,
  { cache }: AgentParams<'template-call-off'>,
): AgentResult<'template-call-off'> {
  clearConfinement(sys, buildCgroup(cache))
  return withLock(sys, `template-${cache}`, `The template ${cache}`, key, () => {
    clearBuild(sys, cache)
    return { built: findCache(sys, cache) }
  })
}
