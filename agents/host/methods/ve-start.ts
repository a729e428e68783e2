import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { loadNetwork } from '../network/load.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { loadStorage } from '../storage/load.ts'
import { hasTraces, tearDown } from '../teardown.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veStart(context: MethodContext, { spec }: AgentParams<'ve-start'>): AgentResult<'ve-start'> {
  const { sys } = context
  const runtime = loadRuntime()
  return withVe(context, spec, () => {
    const stored = getSpec(sys, spec.veid)
    if (stored.idBase !== spec.idBase) {
      throw new Problem('ve-start-failed', `The id range of VE ${spec.veid} was fixed when it was created.`)
    }
    if (runtime.init(sys, spec.veid) !== null) return observe(sys, stored)
    if (hasTraces(sys, stored)) tearDown(sys, stored)
    storeSpec(sys, spec)
    return withRevert((revert) => {
      revert.push('VE on the kernel', () => tearDown(sys, spec))
      const pid = step(context, 'make', 'Mount the disk and make the namespaces', () => {
        loadStorage(spec.storage).attach(sys, spec)
        return runtime.make(sys, spec)
      })
      step(context, 'network', 'Connect the network', () => loadNetwork().attach(sys, spec, pid))
      step(context, 'init', 'Start init', () => runtime.release(sys, spec.veid, pid))
      return observe(sys, spec)
    })
  })
}
