/** Owns VEs that are held back for their traffic: lets them go when their month is over. */
import { db, transaction } from '../../db/client.ts'
import { judgeTraffic } from '../../ves/judge-traffic.ts'
import type { Reconciler } from './reconciler.ts'

const AT_ONCE = 100

export const trafficMonths: Reconciler = {
  name: 'traffic-months',
  everyMs: 60_000,
  async run() {
    const rows = await db().$queryRaw<{ id: string }[]>`
      SELECT v.id FROM ve v
      WHERE v.traffic_exceeded_at IS NOT NULL AND v.destroyed_at IS NULL
        AND v.traffic_exceeded_at < traffic_period_from(v.traffic_reset_day)::timestamp AT TIME ZONE 'UTC'
      LIMIT ${AT_ONCE}`
    // One by one: a VE that cannot be let go of now holds up no other.
    for (const { id } of rows) await transaction((tx) => judgeTraffic(tx, [id]))
  },
}
