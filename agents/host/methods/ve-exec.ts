import { type AgentParams, type AgentResult, HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { refuseOlderEpoch } from '../epoch.ts'
import type { MethodContext } from '../request.ts'
import { execInVe } from '../runtime/exec.ts'
import { loadRuntime } from '../runtime/load.ts'
import { getSpec, refuseOtherUuid } from '../ve-store.ts'

/**
 * The journal runs again what was begun by an agent that died; a command must not be. Made before the command, so at most
 * once. The journal removes it with its own entries.
 */
function refuseSecondRun({ sys, key }: MethodContext): void {
  if (sys.createExclusive(`${HOST_PATHS.journal}/${key}.exec`, '', 0o600)) return
  throw new Problem('agent-failed', 'The command was begun before; how it ended is not known.')
}

/** Takes no lock: a command may take an hour, and a stop must not wait for it. */
export function veExec(context: MethodContext, params: AgentParams<'ve-exec'>): AgentResult<'ve-exec'> {
  const { sys } = context
  refuseOtherUuid(sys, params)
  refuseOlderEpoch(sys, params.veid, params.epoch)
  getSpec(sys, params.veid)
  if (loadRuntime().init(sys, params.veid) === null) {
    throw new Problem('ve-not-running', `VE ${params.veid} is not running.`)
  }
  refuseSecondRun(context)
  return execInVe(sys, params.veid, params)
}
