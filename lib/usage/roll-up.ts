/** Hours from minutes, and days from hours. What is rolled up is computed anew from its parts, so it may be done twice. */
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { type Db, db } from '../db/client.ts'
import { RETENTION, type UsageLevel, usageTable } from './partitions.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const COARSE_LEVELS = ['hour', 'day'] as const
export type CoarseLevel = (typeof COARSE_LEVELS)[number]

export const LEVEL_MS: Record<UsageLevel, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: 24 * HOUR_MS }
/** What it is made of, and how long after its end that is sure to be there. */
export const PARTS: Record<CoarseLevel, { from: 'minute' | 'hour'; lateMs: number }> = {
  hour: { from: 'minute', lateMs: 3 * MINUTE_MS },
  day: { from: 'hour', lateMs: 10 * MINUTE_MS },
}

const floor = (time: number, unit: number) => Math.floor(time / unit) * unit

/** Up to where a level is rolled up; before the first roll-up as far back as its parts are kept. */
export async function rolledUpTo(on: Db, level: CoarseLevel, now: Date): Promise<Date> {
  const row = await on.usageRollup.findUnique({ where: { level } })
  const oldest = floor(now.getTime() - RETENTION[PARTS[level].from].keepMs, LEVEL_MS[level])
  return new Date(Math.max(row?.upto.getTime() ?? 0, oldest))
}

/** Of hours, or days, that a pause left behind. */
const AT_ONCE = 24

/** Rolls up what is over; another worker that is at it is left alone. */
export async function rollUp(now = new Date()): Promise<void> {
  for (const level of COARSE_LEVELS) while (await rollUpNext(level, now));
}

/** Answers whether there may be more. */
function rollUpNext(level: CoarseLevel, now: Date): Promise<boolean> {
  const work = async (tx: Db) => {
    const [lock] = await tx.$queryRaw<{ got: boolean }[]>`
      SELECT pg_try_advisory_xact_lock(hashtext('corral usage roll-up ' || ${level})) AS got`
    if (!lock?.got) return false
    const from = await rolledUpTo(tx, level, now)
    const { from: parts, lateMs } = PARTS[level]
    // Another worker may be at its parts still.
    const there = parts === 'minute' ? now.getTime() - lateMs : (await rolledUpTo(tx, parts, now)).getTime()
    const over = floor(Math.min(there, now.getTime() - lateMs), LEVEL_MS[level])
    const to = new Date(Math.min(over, from.getTime() + AT_ONCE * LEVEL_MS[level]))
    if (to <= from) return false
    await tx.$executeRawUnsafe(STATEMENTS[level], from, to)
    await tx.usageRollup.upsert({ where: { level }, create: { level, upto: to }, update: { upto: to } })
    return true
  }
  return db().$transaction((tx) => work(tx as Db), { maxWait: 10_000, timeout: 3_600_000 })
}

const each = (words: (index: number) => string) =>
  BEANCOUNTER_NAMES.map((_, index) => words(index + 1)).join(', ')

/** Means weigh by samples, so that what ran for a moment counts for little. An array is null where all of its parts are. */
function statement(level: CoarseLevel): string {
  const mean = (column: string) =>
    `(sum(${column}::numeric * samples) / nullif(sum(samples) FILTER (WHERE ${column} IS NOT NULL), 0))::bigint`
  const arrays = (name: 'held' | 'failed', words: (index: number) => string) =>
    `CASE WHEN count(${name}) > 0 THEN ARRAY[${each(words)}] END`
  return `
    INSERT INTO ${usageTable(level)} (ve_id, at, samples, seconds, cpu_microseconds, in_bytes, out_bytes,
      memory_bytes, swap_bytes, processes, disk_bytes, inodes, held, failed)
    SELECT ve_id, date_trunc('${level}', at, 'UTC'), sum(samples), sum(seconds), sum(cpu_microseconds), sum(in_bytes), sum(out_bytes),
      ${['memory_bytes', 'swap_bytes', 'processes', 'disk_bytes', 'inodes'].map(mean).join(', ')},
      ${arrays('held', (index) => `avg(held[${index}])::bigint`)},
      ${arrays('failed', (index) => `coalesce(sum(failed[${index}]), 0)::bigint`)}
    FROM ${usageTable(PARTS[level].from)} WHERE at >= $1::timestamptz AND at < $2::timestamptz
    GROUP BY 1, 2
    ON CONFLICT (ve_id, at) DO UPDATE SET samples = excluded.samples, seconds = excluded.seconds,
      cpu_microseconds = excluded.cpu_microseconds, in_bytes = excluded.in_bytes, out_bytes = excluded.out_bytes,
      memory_bytes = excluded.memory_bytes, swap_bytes = excluded.swap_bytes, processes = excluded.processes,
      disk_bytes = excluded.disk_bytes, inodes = excluded.inodes, held = excluded.held, failed = excluded.failed`
}
const STATEMENTS: Record<CoarseLevel, string> = { hour: statement('hour'), day: statement('day') }
