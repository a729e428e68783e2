/**
 * Owns the rows of terminals whose worker died: they are closed, for nobody can come back to them, and tickets that were
 * never used are removed, as are rows of terminals that were closed long ago: the audit log has those. Does not own terminals of workers that live.
 */
import { db } from '../../db/client.ts'
import { recordClosed } from '../terminals/terminal-record.ts'
import type { Reconciler } from './reconciler.ts'

const CLOSED_DAYS = 7

export const lostTerminals: Reconciler = {
  name: 'lost-terminals',
  everyMs: 2_000,
  async run() {
    const rows = await db().$queryRaw<{ id: string }[]>`
      SELECT t.id FROM terminal t LEFT JOIN worker w ON w.id = t.worker_id
      WHERE t.opened_at IS NOT NULL AND t.closed_at IS NULL AND (w.id IS NULL OR w.stopped_at IS NOT NULL)`
    for (const { id } of rows) await recordClosed(id, 'worker-changed')
    await db().$executeRaw`
      DELETE FROM terminal WHERE opened_at IS NULL AND expires_at < now() - interval '1 hour'`
    await db().$executeRaw`
      DELETE FROM terminal WHERE closed_at < now() - ${CLOSED_DAYS}::int * interval '1 day'`
  },
}
