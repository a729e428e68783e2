import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { refuseOlderEpoch } from '../epoch.ts'
import type { MethodContext } from '../request.ts'
import { heldBytes, listSnapshots } from '../snapshots/store.ts'
import { getSpec, refuseOtherUuid } from '../ve-store.ts'

/** Takes no lock: what is not whole yet is not told. */
export function veSnapshotList(
  { sys }: MethodContext,
  params: AgentParams<'ve-snapshot-list'>,
): AgentResult<'ve-snapshot-list'> {
  refuseOtherUuid(sys, params)
  refuseOlderEpoch(sys, params.veid, params.epoch)
  const spec = getSpec(sys, params.veid)
  return { snapshots: listSnapshots(sys, spec), heldBytes: heldBytes(sys, spec) }
}
