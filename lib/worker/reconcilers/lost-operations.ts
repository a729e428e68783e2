/**
 * Owns live operations that nobody would run: no living worker has them and no job for them is waiting or running soon
 * (it was lost with a restored database, or put off after faults). Gives them a job again.
 */
import { db } from '../../db/client.ts'
import { addJob } from '../../operations/job.ts'
import type { Reconciler } from './reconciler.ts'

const GRACE_SECONDS = 10

type Row = { id: string; queue: string }

export const lostOperations: Reconciler = {
  name: 'lost-operations',
  everyMs: 5_000,
  async run({ worker }) {
    const rows = await db().$queryRaw<Row[]>`
      SELECT o.id, o.queue FROM operation o
      LEFT JOIN worker w ON w.id = o.worker_id AND w.stopped_at IS NULL
      LEFT JOIN graphile_worker.jobs j ON j.key = o.id::text
      WHERE o.status IN ('queued', 'running') AND w.id IS NULL
        AND o.created_at < now() - ${GRACE_SECONDS}::int * interval '1 second'
        AND (j.id IS NULL OR j.locked_at IS NULL AND j.run_at > now() + interval '5 seconds')`
    for (const row of rows) {
      worker.log.warn({ operation: row.id }, 'operation had lost its job')
      await addJob(db(), row, 'again')
    }
  },
}
