import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { anonymousBytes } from '../checkpoint/space.ts'
import { lookForObstacles } from '../move/look.ts'
import { originOf } from '../move/origin.ts'
import { vePaths } from '../paths.ts'
import type { MethodContext } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { getSpec, refuseOtherUuid } from '../ve-store.ts'

export function moveLook({ sys }: MethodContext, params: AgentParams<'move-look'>): AgentResult<'move-look'> {
  const { veid } = params
  refuseOtherUuid(sys, params)
  const spec = getSpec(sys, veid)
  return {
    obstacles: lookForObstacles(sys, spec),
    origin: originOf(sys),
    memoryBytes: loadRuntime().init(sys, veid) === null ? 0 : anonymousBytes(sys, veid),
    diskBytes: sys.stat(vePaths(veid).disk)?.diskBytes ?? 0,
  }
}
