import type { Db } from '../db/client.ts'

/** Bytes in both directions together since each VE's reset day, by id; one that is not in the answer has had none. */
export async function trafficUsed(on: Db, veIds: readonly string[]): Promise<Map<string, number>> {
  if (veIds.length === 0) return new Map()
  const rows = await on.$queryRaw<{ id: string; used: bigint }[]>`
    SELECT v.id, sum(t.in_bytes + t.out_bytes)::bigint AS used
    FROM ve v JOIN ve_traffic t ON t.ve_id = v.id AND t.day >= traffic_period_from(v.traffic_reset_day)
    WHERE v.id = ANY(${veIds}::uuid[])
    GROUP BY v.id`
  return new Map(rows.map(({ id, used }) => [id, Number(used)]))
}
