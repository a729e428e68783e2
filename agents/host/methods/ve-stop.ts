import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { checkpointPaths } from '../checkpoint/checkpoint-paths.ts'
import { forgetCheckpoints } from '../checkpoint/keep.ts'
import { STOPPED_BY_HOST, storeLastExit } from '../last-exit.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { removeRescueDisk } from '../storage/rescue-disk.ts'
import { hasTraces, takeOff } from '../teardown.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veStop(context: MethodContext, params: AgentParams<'ve-stop'>): AgentResult<'ve-stop'> {
  const { sys } = context
  return withVe(context, params, () => {
    const spec = getSpec(sys, params.veid)
    const hibernated = sys.stat(checkpointPaths(params.veid).kept) !== null
    if (loadRuntime().init(sys, params.veid) !== null || hasTraces(sys, spec)) {
      step(context, 'remove', 'Take it off the kernel', () => takeOff(sys, spec))
    } else removeRescueDisk(sys, spec.veid)
    if (hibernated) {
      step(context, 'memory', 'Throw its memory away', () => forgetCheckpoints(sys, params.veid))
      storeLastExit(sys, params.veid, STOPPED_BY_HOST)
    }
    return observe(sys, spec)
  })
}
