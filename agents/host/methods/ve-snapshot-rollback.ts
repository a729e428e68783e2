import type { AgentParams, AgentResult } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { readCheckpoint, readMeta } from '../checkpoint/checkpoint-meta.ts'
import { persistCheckpoint } from '../checkpoint/dump.ts'
import { beginCheckpoint, keepCheckpoint } from '../checkpoint/keep.ts'
import { refuseHibernated } from '../checkpoint/refuse-hibernated.ts'
import { observe } from '../observe.ts'
import { type MethodContext, step } from '../request.ts'
import { type Revert, withRevert } from '../revert.ts'
import { loadRuntime } from '../runtime/load.ts'
import { refuseOtherThanMemory } from '../snapshots/memory-fits.ts'
import { checkpointIn, snapshotPaths } from '../snapshots/snapshot-paths.ts'
import { clearUnfinished, getSnapshot, type SnapshotRecord } from '../snapshots/store.ts'
import { refuseWithout } from '../storage/free-space.ts'
import { loadStorage } from '../storage/load.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { getSpec, storeSpec } from '../ve-store.ts'
import { withVe } from './ve-request.ts'
import { clearUp } from './ve-start.ts'

/** Hibernated in just this snapshot, which an agent that was killed then has put back whole. */
function isBack(sys: Sys, veid: number, { id, memory }: SnapshotRecord): boolean {
  if (!memory) return false
  const kept = readCheckpoint(sys, veid)
  const taken = readMeta(sys, checkpointIn(snapshotPaths(veid, id).folder))
  return kept !== null && JSON.stringify(kept) === JSON.stringify(taken)
}

function refuseState(sys: Sys, veid: number, record: SnapshotRecord): void {
  if (loadRuntime().init(sys, veid) !== null)
    throw new Problem('ve-state-forbids', `VE ${veid} is running: stop it before its disk is rolled back.`)
  if (!isBack(sys, veid, record)) refuseHibernated(sys, veid)
}

function refuseMisfit(stored: VeSpec, spec: VeSpec, record: SnapshotRecord): void {
  const { veid } = spec
  if (record.memory) refuseOtherThanMemory(record.spec, spec)
  if (spec.storage !== record.driver || spec.storage !== stored.storage || spec.idBase !== stored.idBase)
    throw new Problem('conflict', `The snapshot is of another disk than VE ${veid} has by that spec.`)
}

/** The memory gets its name after the disk that it goes with: one of another disk would ruin it. */
function putBack(context: MethodContext, spec: VeSpec, { id, memory }: SnapshotRecord, revert: Revert): void {
  const { sys } = context
  const { veid } = spec
  const { folder } = snapshotPaths(veid, id)
  if (memory)
    step(context, 'memory', 'Put back the memory', () =>
      copyCheckpoint(sys, veid, checkpointIn(folder), revert),
    )
  step(context, 'disk', 'Put back the disk', () =>
    loadStorage(spec.storage).snapshots.restore(sys, spec, folder),
  )
  if (memory) keepCheckpoint(sys, veid, revert)
}

function copyCheckpoint(sys: Sys, veid: number, from: string, revert: Revert): void {
  refuseWithout(sys, readMeta(sys, from)?.bytes ?? 0)
  const next = beginCheckpoint(sys, veid, revert)
  mustRun(sys, ['cp', '-a', '--reflink=auto', `${from}/.`, next])
  persistCheckpoint(sys, next)
}

export function veSnapshotRollback(
  context: MethodContext,
  { spec, snapshot: id, look = false }: AgentParams<'ve-snapshot-rollback'>,
): AgentResult<'ve-snapshot-rollback'> {
  const { sys } = context
  return withVe(context, spec, () => {
    const stored = getSpec(sys, spec.veid)
    const record = getSnapshot(sys, spec.veid, id)
    refuseMisfit(stored, spec, record)
    if (look) return observe(sys, stored)
    refuseState(sys, spec.veid, record)
    if (isBack(sys, spec.veid, record)) return observe(sys, stored)
    clearUp(sys, stored)
    clearUnfinished(sys, stored)
    withRevert((revert) => putBack(context, spec, record, revert))
    storeSpec(sys, spec)
    return observe(sys, spec)
  })
}
