import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { loadRuntime } from '../runtime/load.ts'
import { snapshotPaths } from '../snapshots/snapshot-paths.ts'
import { clearUnfinished, getSnapshot, type SnapshotRecord } from '../snapshots/store.ts'
import { loadStorage } from '../storage/load.ts'
import type { Sys } from '../sys/sys.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'
import { clearUp } from './ve-start.ts'

function refuse(sys: Sys, stored: VeSpec, spec: VeSpec, { driver }: SnapshotRecord): void {
  const { veid } = spec
  if (loadRuntime().init(sys, veid) !== null)
    throw new Problem('ve-state-forbids', `VE ${veid} is running: stop it before its disk is rolled back.`)
  if (spec.storage !== driver || spec.storage !== stored.storage || spec.idBase !== stored.idBase)
    throw new Problem('conflict', `The snapshot is of another disk than VE ${veid} has by that spec.`)
}

export function veSnapshotRollback(
  context: MethodContext,
  { spec, snapshot: id }: AgentParams<'ve-snapshot-rollback'>,
): AgentResult<'ve-snapshot-rollback'> {
  const { sys } = context
  return withVe(context, spec, () => {
    const stored = getSpec(sys, spec.veid)
    refuse(sys, stored, spec, getSnapshot(sys, spec.veid, id))
    clearUp(sys, stored)
    clearUnfinished(sys, stored)
    const { folder } = snapshotPaths(spec.veid, id)
    step(context, 'disk', 'Put back the disk', () =>
      loadStorage(spec.storage).snapshots.restore(sys, spec, folder),
    )
    storeSpec(sys, spec)
    return observe(sys, spec)
  })
}
