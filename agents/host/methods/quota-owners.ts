import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { refuseOlderEpoch } from '../epoch.ts'
import { listOwners } from '../quota/owners.ts'
import { demandRunning } from '../quota/running.ts'
import type { MethodContext } from '../request.ts'
import { getSpec, refuseOtherUuid } from '../ve-store.ts'

/**
 * Takes no lock: it reads what the kernel counts, on the file system that is mounted. Where that has just gone is a directory of /run,
 * in memory, which has no quota to be told instead.
 */
export function quotaOwners(
  { sys }: MethodContext,
  params: AgentParams<'quota-owners'>,
): AgentResult<'quota-owners'> {
  refuseOtherUuid(sys, params)
  refuseOlderEpoch(sys, params.veid, params.epoch)
  const spec = getSpec(sys, params.veid)
  demandRunning(sys, spec)
  return listOwners(sys, spec)
}
