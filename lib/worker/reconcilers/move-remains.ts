/** Clears up what moves left on hosts that did not answer then, now that they do. */
import { randomUUID } from 'node:crypto'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import type { MoveRemains } from '../../db/generated/client.ts'
import type { Hosts } from '../hosts.ts'
import type { Reconciler } from './reconciler.ts'

const AT_ONCE = 10

export const moveRemains: Reconciler = {
  name: 'move-remains',
  everyMs: 5_000,
  async run({ worker }) {
    const rows = await db().moveRemains.findMany({
      where: { host: { status: { in: ['online', 'maintenance'] } } },
      orderBy: { createdAt: 'asc' },
      take: AT_ONCE,
    })
    for (const row of rows) await clearUp(worker.hosts, row)
  },
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
  await db().moveRemains.deleteMany({ where: { moveId, hostId } })
}

/** Nothing of that move is there any more: the VE has come back to this host since, or was never here. */
const OVER: readonly string[] = ['not-found', 'stale-epoch', 'veid-taken']
