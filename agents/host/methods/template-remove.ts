import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { withLock } from '../lock.ts'
import { cacheImage, cacheRecord, cacheSeen } from '../paths.ts'
import type { MethodContext } from '../request.ts'
import { removeCacheTrees } from '../storage/cache-tree.ts'
import { removeGrown } from '../storage/grown-images.ts'
import { templateCallOff } from './template-call-off.ts'

/** VEs made from it keep their own copy. An absent one is no error. A build of it is called off. */
export function templateRemove(
  context: MethodContext,
  { cache }: AgentParams<'template-remove'>,
): AgentResult<'template-remove'> {
  const { sys, key } = context
  templateCallOff(context, { cache })
  return withLock(sys, `template-${cache}`, `The template ${cache}`, key, () => {
    sys.remove(cacheRecord(cache))
    sys.remove(cacheImage(cache))
    removeGrown(sys, cache)
    removeCacheTrees(sys, cache)
    sys.remove(cacheSeen(cache))
    return {}
  })
}
