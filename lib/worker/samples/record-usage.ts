/** Writes down what the VEs of one host used in a minute: one reading of what was counted before, one statement for all of it. */
import { type Db, transaction } from '../../db/client.ts'
import type { Minute, VeMinute } from '../../usage/minute.ts'
import { GAP_MOST_MS, type UsageReading, usageDelta } from '../../usage/usage-delta.ts'

/** A minute that is written in two halves (the host changed workers) is the mean and the sum of both. */
export function recordUsage(hostId: string, minute: Minute): Promise<void> {
  return transaction(async (tx) => {
    const last = await readLast(tx, hostId, minute)
    const rows = minute.ves
      .filter((ve) => isLater(last.get(ve.uuid), ve))
      .map((ve) => rowOf(ve, last.get(ve.uuid) ?? null))
    if (rows.length > 0) await write(tx, hostId, minute.at, rows)
  })
}

/** With the host's row locked: of two workers that both think they watch it, one counts after the other. */
async function readLast(tx: Db, hostId: string, { ves }: Minute): Promise<Map<string, UsageReading>> {
  await tx.$executeRaw`SELECT 1 FROM host WHERE id = ${hostId}::uuid FOR NO KEY UPDATE`
  // Not those of all VEs that were ever there.
  const where = { hostId, veId: { in: ves.map(({ uuid }) => uuid) } }
  const rows = await tx.veUsageReading.findMany({ where, select: { veId: true, reading: true } })
  return new Map(rows.map(({ veId, reading }) => [veId, reading as UsageReading]))
}

/** A reading that another worker has gone beyond says nothing new; one from long before is of a host whose clock was set back. */
function isLater(last: UsageReading | undefined, { reading }: VeMinute): boolean {
  return !last || reading.at > last.at || reading.at < last.at - GAP_MOST_MS
}

/** Column names as in the table. */
function rowOf(ve: VeMinute, last: UsageReading | null) {
  const { seconds, cpuMicroseconds, inBytes, outBytes, failed } = usageDelta(last, ve.reading)
  return {
    uuid: ve.uuid,
    reading: ve.reading,
    samples: ve.samples,
    seconds,
    cpu_microseconds: cpuMicroseconds,
    in_bytes: inBytes,
    out_bytes: outBytes,
    memory_bytes: ve.memoryBytes,
    swap_bytes: ve.swapBytes,
    processes: ve.processes,
    disk_bytes: ve.diskBytes,
    inodes: ve.inodes,
    held: ve.held,
    // Mostly there are none: nothing takes no room.
    failed: failed?.some((count) => count > 0) ? failed : null,
  }
}

/** Those that are not this host's are passed over. */
async function write(tx: Db, hostId: string, at: Date, rows: ReturnType<typeof rowOf>[]): Promise<void> {
  await tx.$executeRaw`
    WITH given AS (
      SELECT g.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS g(
        uuid uuid, reading jsonb, samples int, seconds float8, cpu_microseconds bigint, in_bytes bigint,
        out_bytes bigint, memory_bytes bigint, swap_bytes bigint, processes bigint, disk_bytes bigint, inodes bigint,
        held bigint[], failed bigint[])
      JOIN ve v ON v.id = g.uuid AND v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
    ), readings AS (
      INSERT INTO ve_usage_reading (ve_id, host_id, reading)
      SELECT uuid, ${hostId}::uuid, reading FROM given
      ON CONFLICT (ve_id, host_id) DO UPDATE SET reading = excluded.reading
    )
    INSERT INTO ve_usage_minute AS t (ve_id, at, samples, seconds, cpu_microseconds, in_bytes, out_bytes,
      memory_bytes, swap_bytes, processes, disk_bytes, inodes, held, failed)
    SELECT uuid, ${at}::timestamptz, samples, seconds, cpu_microseconds, in_bytes, out_bytes,
      memory_bytes, swap_bytes, processes, disk_bytes, inodes, held, failed FROM given
    ON CONFLICT (ve_id, at) DO UPDATE SET
      samples = t.samples + excluded.samples,
      seconds = t.seconds + excluded.seconds,
      cpu_microseconds = t.cpu_microseconds + excluded.cpu_microseconds,
      in_bytes = t.in_bytes + excluded.in_bytes,
      out_bytes = t.out_bytes + excluded.out_bytes,
      memory_bytes = usage_mean(t.memory_bytes, t.samples, excluded.memory_bytes, excluded.samples),
      swap_bytes = usage_mean(t.swap_bytes, t.samples, excluded.swap_bytes, excluded.samples),
      processes = usage_mean(t.processes, t.samples, excluded.processes, excluded.samples),
      disk_bytes = usage_mean(t.disk_bytes, t.samples, excluded.disk_bytes, excluded.samples),
      inodes = usage_mean(t.inodes, t.samples, excluded.inodes, excluded.samples),
      held = coalesce(excluded.held, t.held),
      failed = CASE WHEN t.failed IS NULL OR excluded.failed IS NULL THEN coalesce(t.failed, excluded.failed)
        ELSE (SELECT array_agg(a + b ORDER BY i) FROM unnest(t.failed, excluded.failed) WITH ORDINALITY AS u(a, b, i)) END`
}
