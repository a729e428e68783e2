/**
 * Owns the rows of workers that died: marks them stopped and frees what they held, the operations, the host leases, and
 * the locks in graphile-worker, which would else last for hours. Does not own workers that stopped by themselves.
 */
import { db, transaction } from '../../db/client.ts'
import { processStartedAt } from '../../setup/process-identity.ts'
import { machineName } from '../machine.ts'
import type { Reconciler } from './reconciler.ts'

/** Four heartbeats. */
const LAPSE_SECONDS = 4

type WorkerRow = { id: string; pid: number; machine: string; runner_ids: string[]; lapsed: boolean }

export const deadWorkers: Reconciler = {
  name: 'dead-workers',
  everyMs: 1_000,
  async run({ worker, forceUnlock }) {
    const rows = await db().$queryRaw<WorkerRow[]>`
      SELECT id, pid, machine, runner_ids,
        heartbeat_at < now() - ${LAPSE_SECONDS}::int * interval '1 second' AS lapsed
      FROM worker WHERE stopped_at IS NULL AND id <> ${worker.id}::uuid`
    for (const row of rows) {
      if (!row.lapsed && !pidIsGone(row)) continue
      await bury(row)
      // After the database says that it is dead: a job that is free must find its operation free too.
      await forceUnlock(row.runner_ids)
      worker.log.warn({ dead: row.id, pid: row.pid }, 'took over from a dead worker')
    }
    await freeStrayLocks(forceUnlock)
  },
}

/** On the same machine there is no need to wait for the heartbeat. A pid that was given away again only costs that wait. */
function pidIsGone(row: WorkerRow): boolean {
  return row.machine === machineName() && processStartedAt(row.pid) === undefined
}

function bury(row: WorkerRow): Promise<void> {
  return transaction(async (tx) => {
    await tx.worker.update({ where: { id: row.id }, data: { stoppedAt: new Date() } })
    await tx.operation.updateMany({
      where: { workerId: row.id, status: 'running' },
      data: { workerId: null },
    })
    await tx.host.updateMany({ where: { leasedBy: row.id }, data: { leasedBy: null, leaseUntil: null } })
  })
}

/** A worker killed in its first moments holds locks under names that it had not recorded yet. */
async function freeStrayLocks(forceUnlock: (runnerIds: string[]) => Promise<void>) {
  const rows = await db().$queryRaw<{ locked_by: string }[]>`
    SELECT DISTINCT locked_by FROM graphile_worker.jobs
    WHERE locked_at < now() - ${LAPSE_SECONDS}::int * interval '1 second'
      AND NOT EXISTS (SELECT 1 FROM worker WHERE stopped_at IS NULL AND locked_by = ANY(runner_ids))`
  if (rows.length > 0) await forceUnlock(rows.map((row) => row.locked_by))
}
