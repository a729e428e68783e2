/** The parts of the partitioned tables of use: which there are to be, and which are over. Times are UTC. */
import { db } from '../db/client.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const USAGE_LEVELS = ['minute', 'hour', 'day'] as const
export type UsageLevel = (typeof USAGE_LEVELS)[number]

/** How long rows are kept, and how much time a part holds: it is dropped when all that is in it is older. */
export const RETENTION: Record<UsageLevel, { keepMs: number; part: 'day' | 'month' | 'year' }> = {
  minute: { keepMs: 2 * DAY_MS, part: 'day' },
  hour: { keepMs: 60 * DAY_MS, part: 'month' },
  day: { keepMs: 730 * DAY_MS, part: 'year' },
}

export const usageTable = (level: UsageLevel) => `ve_usage_${level}` as const

export type Partition = { name: string; table: string; from: Date; to: Date }

/** The part that holds `at`. Pure. */
export function partitionAt(level: UsageLevel, at: Date): Partition {
  const { part } = RETENTION[level]
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
  const begins = {
    day: [Date.UTC(year, month, day), Date.UTC(year, month, day + 1)],
    month: [Date.UTC(year, month), Date.UTC(year, month + 1)],
    year: [Date.UTC(year, 0), Date.UTC(year + 1, 0)],
  } as const
  const [from, to] = begins[part].map((time) => new Date(time)) as [Date, Date]
  const length = { day: 10, month: 7, year: 4 }[part]
  const mark = from.toISOString().slice(0, length).replaceAll('-', '')
  return { name: `${usageTable(level)}_${mark}`, table: usageTable(level), from, to }
}

/** What is written now and next, and what a roll-up after a pause writes. Pure. */
export function partitionsWanted(level: UsageLevel, now: Date): Partition[] {
  const first = now.getTime() - RETENTION[level].keepMs
  const last = partitionAt(level, partitionAt(level, now).to)
  const wanted: Partition[] = []
  for (
    let each = partitionAt(level, new Date(first));
    each.from <= last.from;
    each = partitionAt(level, each.to)
  )
    wanted.push(each)
  return wanted
}

/** Pure: `names` are those that are there. */
export function partitionsOver(level: UsageLevel, names: readonly string[], now: Date): string[] {
  const oldest = partitionAt(level, new Date(now.getTime() - RETENTION[level].keepMs)).name
  return names.filter((name) => name < oldest)
}

/**
 * Makes what is wanted and drops what is over. May run on every worker at once: one does it. Whoever reads or writes meanwhile waits for
 * a moment; a lock that is not had soon is tried for again with the next run.
 */
export async function keepPartitions(now = new Date()): Promise<void> {
  for (const level of USAGE_LEVELS) {
    const names = await partitionNames(level)
    const missing = partitionsWanted(level, now).filter(({ name }) => !names.includes(name))
    for (const { name, table, from, to } of missing)
      await alone(
        `CREATE TABLE IF NOT EXISTS "${name}" PARTITION OF "${table}" FOR VALUES FROM ('${from.toISOString()}') TO ('${to.toISOString()}')`,
      )
    for (const name of partitionsOver(level, names, now)) await alone(`DROP TABLE IF EXISTS "${name}"`)
  }
}

async function partitionNames(level: UsageLevel): Promise<string[]> {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT child.relname::text AS name FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = ${usageTable(level)}::regclass`
  return rows.map(({ name }) => name)
}

const LOCK_NAME = 'corral usage partitions'

/** Its names come from this file alone. */
async function alone(statement: string): Promise<void> {
  await db().$transaction([
    db().$executeRaw`SET LOCAL lock_timeout = '2s'`,
    db().$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${LOCK_NAME}))`,
    db().$executeRawUnsafe(statement),
  ])
}
