/** Owns hosts that say "online" and have not been seen for a while: they go offline. Coming back is the watcher's part. */
import { Problem } from '../../contract/problem.ts'
import { transaction } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { problemColumn } from '../../operations/problem-column.ts'
import type { Reconciler } from './reconciler.ts'

const UNSEEN_SECONDS = 15

export const hostsOffline: Reconciler = {
  name: 'hosts-offline',
  everyMs: 3_000,
  async run() {
    const before = new Date(Date.now() - UNSEEN_SECONDS * 1000)
    const problem = problemColumn(
      new Problem('host-unreachable', `It has not answered for ${UNSEEN_SECONDS} seconds.`),
    )
    await transaction(async (tx) => {
      const hosts = await tx.host.updateManyAndReturn({
        where: { status: 'online', OR: [{ lastSeenAt: null }, { lastSeenAt: { lt: before } }] },
        data: { status: 'offline', problem },
        select: { id: true, accountId: true },
      })
      for (const host of hosts) await emitEvent(tx, { topic: 'host', ...host })
    })
  },
}
