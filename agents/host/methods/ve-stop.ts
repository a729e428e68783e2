import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
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
    if (loadRuntime().init(sys, params.veid) !== null || hasTraces(sys, spec)) {
      step(context, 'remove', 'Take it off the kernel', () => takeOff(sys, spec))
    } else removeRescueDisk(sys, spec.veid)
    return observe(sys, spec)
  })
}
