/** Clears up what moves left on hosts that did not answer then, now that they do. */
import { randomUUID } from 'node:crypto'
import { Problem } from '../../contract/problem.ts'
import { db, transaction } from '../../db/client.ts'
import type { MoveRemains } from '../../db/generated/client.ts'
import { settleRemoved } from '../../moves/kept.ts'
import type { Hosts } from '../hosts.ts'
import type { Reconciler } from './reconciler.ts'

const AT_ONCE = 10

export const moveRemains: Reconciler = {
  name: 'move-remains',
  everyMs: 5_000,
  async run({ worker }) {
    await Promise.all((await pick()).map((row) => clearUp(worker.hosts, row)))
  },
}

/** By chance: those that fail for long keep no other waiting. */
async function pick(): Promise<MoveRemains[]> {
  const picked = await db().$queryRaw<{ moveId: string; hostId: string }[]>`
    SELECT r.move_id AS "moveId", r.host_id AS "hostId" FROM move_remains r JOIN host h ON h.id = r.host_id
    WHERE h.status IN ('online', 'maintenance') ORDER BY random() LIMIT ${AT_ONCE}`
  return picked.length === 0 ? [] : db().moveRemains.findMany({ where: { OR: picked } })
}

/** May be done on two workers at once: each request can be repeated. */
async function clearUp(hosts: Hosts, row: MoveRemains): Promise<void> {
  const { moveId, hostId, uuid, veid, epoch, newEpoch, keep } = row
  const name = { veid, uuid, epoch, move: moveId }
  try {
    const link = await hosts.link(hostId)
    const key = `${moveId}:remains:${randomUUID()}`
    if (newEpoch === null) await link.call('move-cancel', { ...name, dropped: false }, { key })
    else await link.call('move-done', { ...name, newEpoch, keep }, { key })
  } catch (error) {
    // It is away again, or busy with it: later.
    if (!(error instanceof Problem) || !OVER.includes(error.code)) return
  }
  await transaction(async (tx) => {
    // Another wish may have been written down meanwhile.
    await tx.moveRemains.deleteMany({ where: { moveId, hostId, keep } })
    if (!keep) await settleRemoved(tx, moveId, hostId)
  })
}

/** Nothing of that move is there any more: the VE has come back to this host since (and may be on its next move), or was never here. */
const OVER: readonly string[] = ['not-found', 'stale-epoch', 'veid-taken', 've-state-forbids']
