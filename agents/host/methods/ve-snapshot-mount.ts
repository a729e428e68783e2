import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'
import { mountSnapshot } from '../snapshots/mounts.ts'
import { getSnapshot, tellSnapshot } from '../snapshots/store.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veSnapshotMount(
  context: MethodContext,
  params: AgentParams<'ve-snapshot-mount'>,
): AgentResult<'ve-snapshot-mount'> {
  const { sys } = context
  const { veid, snapshot: id } = params
  return withVe(context, params, () => {
    const spec = getSpec(sys, veid)
    mountSnapshot(sys, veid, id, getSnapshot(sys, veid, id).driver)
    return tellSnapshot(sys, spec, id)
  })
}
