/** Owns hosts that say "online" or "maintenance" and have not been seen for a while: they go offline. Coming back is the watcher's part. */
import { Problem } from '../../contract/problem.ts'
import { transaction } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import type { Reconciler } from './reconciler.ts'

const UNSEEN_SECONDS = 15

export const hostsOffline: Reconciler = {
  name: 'hosts-offline',
  everyMs: 3_000,
  async run() {
    const problem = new Problem('host-unreachable', `It has not answered for ${UNSEEN_SECONDS} seconds.`)
    await transaction(async (tx) => {
      const hosts = await tx.$queryRaw<{ id: string; accountId: string }[]>`
        UPDATE host SET status = 'offline', problem = ${JSON.stringify(problem.toJson())}::jsonb
        WHERE status IN ('online', 'maintenance')
          AND coalesce(last_seen_at, created_at) < now() - ${UNSEEN_SECONDS}::int * interval '1 second'
        RETURNING id, account_id AS "accountId"`
      for (const host of hosts) await emitEvent(tx, { topic: 'host', ...host })
    })
  },
}
