import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { changeOwners } from '../quota/owners.ts'
import { demandRunning } from '../quota/running.ts'
import type { MethodContext } from '../request.ts'
import { loadStorage } from '../storage/load.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function quotaSet(context: MethodContext, params: AgentParams<'quota-set'>): AgentResult<'quota-set'> {
  const { sys } = context
  const { owner, spec } = withVe(context, params, () => {
    const stored = getSpec(sys, params.veid)
    demandRunning(sys, stored)
    return { owner: changeOwners(sys, stored, params), spec: stored }
  })
  // Without the lock: a VE that writes much must not keep others from it.
  loadStorage(spec.storage).persist(sys, spec.veid)
  return { owner }
}
