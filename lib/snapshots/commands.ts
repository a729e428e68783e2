/** Taking snapshots, deleting them, bringing VEs back to them: each queues an operation, the worker does it. */
import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { VE_STATE } from '../contract/ve-state.ts'
import type { Db } from '../db/client.ts'
import type { Snapshot, Ve } from '../db/generated/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { emitVeEvent } from '../operations/events.ts'
import { refuseWithoutCheckpoint } from '../ves/checkpoint-obstacle.ts'
import { KEEPS_MEMORY, STOP_TIMEOUT_SECONDS, wouldDiscard } from '../ves/commands.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { onVe } from '../ves/on-ve.ts'
import { wrong } from '../ves/privileges.ts'
import { onSnapshot } from './on-snapshot.ts'
import { getSnapshot } from './queries.ts'
import {
  SNAPSHOTS_MOST,
  type SnapshotCreateInput,
  type SnapshotResource,
  type SnapshotRollbackInput,
} from './resource.ts'
import { mayGoBelow, takeObstacle } from './take-obstacle.ts'

/**
 * Throws `not-found`, `forbidden`, `ve-state-forbids`, `ve-suspended`, `too-many-snapshots` (also by what they take); `no-disk-space` where
 * the rest of the host is kept for running VEs; `invalid-input` for a name that another has; with memory, `capability-missing` with the host's reason.
 */
export function createSnapshot(
  viewer: Viewer,
  veId: string,
  { name, description = '', memory = false }: SnapshotCreateInput,
  tx?: Db,
): Promise<{ snapshot: SnapshotResource; operationId: string }> {
  return onVe(viewer, veId, 've:snapshot', tx, async ({ on, ve, about }) => {
    if (memory) await refuseWithoutMemory(on, ve)
    const others = await on.snapshot.findMany({ where: { veId: ve.id } })
    refuseTooMany(ve, others.length)
    const obstacle = await takeObstacle(viewer, ve, on)
    if (obstacle !== null) throw obstacle
    if (others.some((other) => other.name === name))
      throw wrong('name', 'Another snapshot of this VE has this name.')
    const { id } = await on.snapshot.create({
      data: {
        ...{ name, description, memory, veId: ve.id, accountId: ve.accountId },
        limits: limitsOfRow(ve),
        parentId: diskCameFrom(others),
        createdById: about.actor.userId,
        createdByName: about.actor.name,
      },
    })
    const { operationId } = await enqueueOperation(on, {
      type: 've-snapshot-create',
      input: { veId: ve.id, snapshotId: id, memory, beyondReserve: mayGoBelow(viewer) },
      title: `Take the snapshot “${name}” of ${ve.name}`,
      ...about,
    })
    const details = { snapshot: name, memory }
    await recordAudit(on, { ...about, action: 'snapshot-create', subject: ve.name, details })
    await emitVeEvent(on, ve)
    return { snapshot: await getSnapshot(viewer, id, on), operationId }
  })
}

async function refuseWithoutMemory(on: Db, ve: Ve): Promise<void> {
  await refuseWithoutCheckpoint(on, ve.hostId)
  const { label, transitional } = VE_STATE[ve.state]
  if (ve.state === 'running' || transitional) return
  throw new Problem(
    've-state-forbids',
    `${ve.name} is ${label.toLowerCase()}: only what runs has memory to keep. Take a snapshot of its disk alone.`,
  )
}

function refuseTooMany(ve: Ve, count: number): void {
  if (count < SNAPSHOTS_MOST) return
  throw new Problem(
    'too-many-snapshots',
    `${ve.name} has ${count} snapshots; a VE may have ${SNAPSHOTS_MOST}.`,
  )
}

/** The one taken or rolled back to last. Pure. */
export function diskCameFrom(
  snapshots: readonly Pick<Snapshot, 'id' | 'state' | 'takenAt' | 'rolledBackAt'>[],
): string | null {
  const when = ({ takenAt, rolledBackAt }: (typeof snapshots)[number]) =>
    Math.max(takenAt?.getTime() ?? 0, rolledBackAt?.getTime() ?? 0)
  const ready = snapshots.filter(({ state }) => state === 'ready')
  return [...ready].sort((a, b) => when(b) - when(a))[0]?.id ?? null
}

/** For good. Throws `not-found`, `forbidden`, `ve-state-forbids`, and `conflict` while it is being taken or deleted. */
export function deleteSnapshot(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return onSnapshot(
    viewer,
    id,
    've:snapshot',
    tx,
    async ({ on, ve, about }, { id: snapshotId, name, state }) => {
      if (state === 'creating') throw new Problem('conflict', `“${name}” is being taken: wait until it is.`)
      if (state === 'deleting') throw new Problem('conflict', `“${name}” is being deleted already.`)
      await on.snapshot.update({ where: { id: snapshotId }, data: { state: 'deleting' } })
      const asked = await enqueueOperation(on, {
        type: 've-snapshot-delete',
        input: { veId: ve.id, snapshotId },
        title: `Delete the snapshot “${name}” of ${ve.name}`,
        ...about,
      })
      const details = { snapshot: name }
      await recordAudit(on, { ...about, action: 'snapshot-delete', subject: ve.name, details })
      await emitVeEvent(on, ve)
      return asked
    },
  )
}

/**
 * Its disk becomes what it was; what was written since is lost. Throws `not-found`, `forbidden`, `ve-state-forbids` (also of a hibernated VE
 * whose memory nobody said may go), `ve-suspended`,
 * and `conflict` for a snapshot that is not ready.
 */
export function rollBackToSnapshot(
  viewer: Viewer,
  id: string,
  input: SnapshotRollbackInput = {},
  tx?: Db,
): Promise<{ operationId: string }> {
  return onSnapshot(
    viewer,
    id,
    've:snapshot',
    tx,
    async ({ on, ve, about }, { id: snapshotId, name, state, memory }) => {
      if (state !== 'ready') throw new Problem('conflict', `“${name}” is ${state}, not ready.`)
      const { start = runs(ve), timeoutSeconds = STOP_TIMEOUT_SECONDS, discardMemory = false } = input
      if (KEEPS_MEMORY.includes(ve.state) && !discardMemory) throw wouldDiscard(ve, 'rolling it back')
      const asked = await enqueueOperation(on, {
        type: 've-snapshot-rollback',
        input: { veId: ve.id, snapshotId, memory, start, timeoutSeconds, discardMemory },
        title: `Roll ${ve.name} back to “${name}”`,
        ...about,
      })
      const details = { snapshot: name, memory }
      await recordAudit(on, { ...about, action: 'snapshot-rollback', subject: ve.name, details })
      return asked
    },
  )
}

const runs = ({ state }: Ve) => state === 'running' || state === 'starting'
