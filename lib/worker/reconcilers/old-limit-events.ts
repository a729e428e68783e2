/** Owns limit events that are past their time: deletes them, some at a time. */
import { db } from '../../db/client.ts'
import type { Reconciler } from './reconciler.ts'

const KEEP_DAYS = 90
const AT_ONCE = 5_000

export const oldLimitEvents: Reconciler = {
  name: 'old-limit-events',
  everyMs: 600_000,
  async run() {
    let deleted = AT_ONCE
    while (deleted === AT_ONCE)
      deleted = await db().$executeRaw`
        DELETE FROM limit_event WHERE id IN (
          SELECT id FROM limit_event WHERE at < now() - ${KEEP_DAYS}::int * interval '1 day'
          ORDER BY at LIMIT ${AT_ONCE}::int)`
  },
}
