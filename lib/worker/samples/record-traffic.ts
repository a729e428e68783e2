/** Counts what passed through the VEs of a sample: one reading of what was known, one statement for all of it. */
import type { VeTraffic, WatchSample } from '../../contract/agent-protocol.ts'
import { type Db, transaction } from '../../db/client.ts'
import { judgeTraffic } from '../../ves/judge-traffic.ts'
import { type Bytes, trafficDelta } from '../../ves/traffic-delta.ts'

/** Whoever comes to reach the limit by this is held back at once. */
export function recordTraffic(hostId: string, { ves }: Pick<WatchSample, 'ves'>): Promise<void> {
  return transaction(async (tx) => {
    const last = await readLast(tx, hostId)
    const counted = ves
      .map(({ uuid, traffic }) => ({ uuid, reading: traffic, last: last.get(uuid) ?? null }))
      .filter(({ reading, last: before }) => !sameReading(before, reading))
      .map(({ uuid, reading, last: before }) => ({
        uuid,
        reading,
        ...columns(trafficDelta(before, reading)),
      }))
    if (counted.length === 0) return
    await judgeTraffic(tx, await write(tx, hostId, counted))
  })
}

type Counted = { uuid: string; reading: VeTraffic; in_bytes: number; out_bytes: number }

/** With the host's row locked: of two workers that both think they watch it, one counts after the other. */
async function readLast(tx: Db, hostId: string): Promise<Map<string, VeTraffic>> {
  await tx.$executeRaw`SELECT 1 FROM host WHERE id = ${hostId}::uuid FOR NO KEY UPDATE`
  const rows = await tx.veTrafficReading.findMany({
    where: { hostId },
    select: { veId: true, reading: true },
  })
  return new Map(rows.map(({ veId, reading }) => [veId, reading as VeTraffic]))
}

function sameReading(before: VeTraffic | null, now: VeTraffic): boolean {
  if (before === null) return false
  const text = ({ base, live, series }: VeTraffic) =>
    [base.inBytes, base.outBytes, live.inBytes, live.outBytes, series].join()
  return text(before) === text(now)
}

const columns = ({ inBytes, outBytes }: Bytes) => ({ in_bytes: inBytes, out_bytes: outBytes })

/** Answers with the VEs that have reached their limit now. Those that are not this host's are passed over. */
async function write(tx: Db, hostId: string, counted: Counted[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH counted AS (
      SELECT v.id, c.reading, c.in_bytes, c.out_bytes, v.traffic_reset_day,
        CASE WHEN v.traffic_exceeded_at IS NULL THEN v.traffic_limit_bytes END AS limit_bytes
      FROM jsonb_to_recordset(${JSON.stringify(counted)}::jsonb)
        AS c(uuid uuid, reading jsonb, in_bytes bigint, out_bytes bigint)
      JOIN ve v ON v.id = c.uuid AND v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
    ), readings AS (
      INSERT INTO ve_traffic_reading (ve_id, host_id, reading)
      SELECT id, ${hostId}::uuid, reading FROM counted
      ON CONFLICT (ve_id, host_id) DO UPDATE SET reading = excluded.reading
    ), days AS (
      INSERT INTO ve_traffic AS t (ve_id, day, in_bytes, out_bytes)
      SELECT id, (now() AT TIME ZONE 'UTC')::date, in_bytes, out_bytes FROM counted WHERE in_bytes + out_bytes > 0
      ON CONFLICT (ve_id, day) DO UPDATE SET
        in_bytes = t.in_bytes + excluded.in_bytes, out_bytes = t.out_bytes + excluded.out_bytes
    )
    SELECT c.id FROM counted c
    WHERE c.limit_bytes IS NOT NULL AND c.in_bytes + c.out_bytes + coalesce((
      SELECT sum(t.in_bytes + t.out_bytes) FROM ve_traffic t
      WHERE t.ve_id = c.id AND t.day >= traffic_period_from(c.traffic_reset_day)), 0) >= c.limit_bytes`
  return rows.map(({ id }) => id)
}
