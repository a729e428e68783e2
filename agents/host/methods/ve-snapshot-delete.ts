import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { type MethodContext, step } from '../request.ts'
import { clearUnfinished, removeSnapshot } from '../snapshots/store.ts'
import { findSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'

export function veSnapshotDelete(
  context: MethodContext,
  params: AgentParams<'ve-snapshot-delete'>,
): AgentResult<'ve-snapshot-delete'> {
  const { sys } = context
  const { veid, snapshot } = params
  return withVe(context, params, () => {
    const spec = findSpec(sys, veid)
    if (spec === null) return {} // with the VE its snapshots went
    clearUnfinished(sys, spec)
    step(context, 'remove', 'Remove the snapshot', () => removeSnapshot(sys, veid, snapshot))
    return {}
  })
}
