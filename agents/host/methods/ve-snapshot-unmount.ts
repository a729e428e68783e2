import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import type { MethodContext } from '../request.ts'
import { unmountSnapshot } from '../snapshots/mounts.ts'
import { tellSnapshot } from '../snapshots/store.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veSnapshotUnmount(
  context: MethodContext,
  params: AgentParams<'ve-snapshot-unmount'>,
): AgentResult<'ve-snapshot-unmount'> {
  const { sys } = context
  const { veid, snapshot: id } = params
  return withVe(context, params, () => {
    const spec = getSpec(sys, veid)
    unmountSnapshot(sys, veid, id)
    return tellSnapshot(sys, spec, id)
  })
}
