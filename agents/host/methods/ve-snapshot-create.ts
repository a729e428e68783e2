import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { observe } from '../observe.ts'
import type { MethodContext } from '../request.ts'
import { createSnapshot } from '../snapshots/create.ts'
import { clearUnfinished, findSnapshot, tellSnapshot } from '../snapshots/store.ts'
import { getSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veSnapshotCreate(
  context: MethodContext,
  params: AgentParams<'ve-snapshot-create'>,
): AgentResult<'ve-snapshot-create'> {
  const { sys } = context
  const { veid, snapshot: id, memory, room = null } = params
  return withVe(context, params, () => {
    const spec = getSpec(sys, veid)
    clearUnfinished(sys, spec)
    if (findSnapshot(sys, veid, id) === null) createSnapshot(context, spec, { id, memory, room })
    return { snapshot: tellSnapshot(sys, spec, id), ve: observe(sys, spec) }
  })
}
