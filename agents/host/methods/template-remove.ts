import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { withLock } from '../lock.ts'
import { cacheImage, cacheRecord } from '../paths.ts'
import type { MethodContext } from '../request.ts'
import { clearConfinement } from '../resources/confine.ts'
import { removeGrown } from '../storage/grown-images.ts'
import { buildCgroup, clearBuild } from '../template/clear-build.ts'

/**
 * VEs made from it keep their own copy. An absent one is no error. A build of it that was called off goes on here: it is
 * killed, together with its agent, which frees the lock.
 */
export function templateRemove(
  { sys, key }: MethodContext,
  { cache }: AgentParams<'template-remove'>,
): AgentResult<'template-remove'> {
  clearConfinement(sys, buildCgroup(cache))
  return withLock(sys, `template-${cache}`, `The template ${cache}`, key, () => {
    clearBuild(sys, cache)
    sys.remove(cacheRecord(cache))
    sys.remove(cacheImage(cache))
    removeGrown(sys, cache)
    return {}
  })
}
