import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { haltSignal } from '../runtime/init-kind.ts'
import { loadRuntime } from '../runtime/load.ts'
import type { RunningInit } from '../runtime/runtime.ts'
import { isAlive } from '../sys/process-identity.ts'
import type { Sys } from '../sys/sys.ts'
import { hasTraces, tearDown } from '../teardown.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

const POLL_MS = 10

/** Asks init to halt and waits for its end; false when the time is over. */
function halt(sys: Sys, init: RunningInit, timeoutSeconds: number): boolean {
  if (timeoutSeconds === 0) return false
  const until = sys.now() + timeoutSeconds * 1000
  sys.kill(init.pid, haltSignal(sys, init.pid))
  while (isAlive(sys, init)) {
    if (sys.now() > until) return false
    sys.sleep(POLL_MS)
  }
  return true
}

export function veStop(context: MethodContext, params: AgentParams<'ve-stop'>): AgentResult<'ve-stop'> {
  const { sys } = context
  return withVe(context, params, () => {
    const spec = getSpec(sys, params.veid)
    const init = loadRuntime().init(sys, params.veid)
    if (init !== null) {
      const halted = step(context, 'halt', 'Ask init to halt', () => halt(sys, init, params.timeoutSeconds))
      if (!halted && params.timeoutSeconds > 0) {
        context.log(`VE ${params.veid} did not halt within ${params.timeoutSeconds} s and is killed.`)
      }
    }
    if (init !== null || hasTraces(sys, spec)) {
      step(context, 'remove', 'Take it off the kernel', () => tearDown(sys, spec))
    }
    return observe(sys, spec)
  })
}
