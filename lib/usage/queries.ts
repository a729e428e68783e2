/** What a VE used, as pages and the API see it. Each reads a bounded number of rows, whatever the size of the fleet. */
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { type BeancounterHistory, HISTORY_STEP_SECONDS, HISTORY_STEPS } from './beancounter-history.ts'
import { USAGE_LEVELS, type UsageLevel, usageTable } from './partitions.ts'
import { type CoarseLevel, PARTS, rolledUpTo } from './roll-up.ts'
import { USAGE_RANGE, type UsageRange, type UsageSeries } from './series.ts'
import { pointsOf, type UsageRow } from './steps.ts'

/** Up to the last whole minute; the last point of a longer step is of what there is of it. Throws `not-found`. */
export async function veUsage(
  viewer: Viewer,
  veId: string,
  { range }: { range: UsageRange },
): Promise<UsageSeries> {
  const id = await visibleVe(viewer, veId)
  const { seconds, stepSeconds, level } = USAGE_RANGE[range]
  const now = new Date()
  const to = ceil(lastMinute(now), stepSeconds)
  const from = new Date(to.getTime() - seconds * 1000)
  const rows = await rowsOf(id, level, from, now)
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    stepSeconds,
    points: pointsOf(rows, from, to, stepSeconds),
  }
}

/** Throws `not-found`. */
export async function visibleVe(viewer: Viewer, veId: string): Promise<string> {
  const where = { id: idOf('VE', veId), ...ownedBy(viewer, 've:read') }
  const ve = await db().ve.findFirst({ where, select: { id: true } })
  if (!ve) throw notFound('VE')
  return ve.id
}

const MINUTE_MS = 60_000
/** A minute is written a moment after it is over. */
const WRITTEN_MS = 5_000
const lastMinute = (now: Date) => new Date(Math.floor((now.getTime() - WRITTEN_MS) / MINUTE_MS) * MINUTE_MS)

const ceil = (time: Date, stepSeconds: number) => {
  const step = stepSeconds * 1000
  return new Date(Math.ceil(time.getTime() / step) * step)
}

/** Of a level, and what is not rolled up into it yet from the finer ones. */
async function rowsOf(veId: string, level: UsageLevel, from: Date, now: Date): Promise<UsageRow[]> {
  if (level === 'minute') return readRows(veId, level, from)
  const upto = await rolledUpTo(db(), level as CoarseLevel, now)
  const rest = upto > from ? upto : from
  const finer = PARTS[level as CoarseLevel].from
  return [...(await readRows(veId, level, from, rest)), ...(await rowsOf(veId, finer, rest, now))]
}

async function readRows(veId: string, level: UsageLevel, from: Date, to?: Date): Promise<UsageRow[]> {
  const table = Prisma.raw(usageTable(level))
  const before = to ? Prisma.sql`AND at < ${to}::timestamptz` : Prisma.empty
  const rows = await db().$queryRaw<Record<keyof UsageRow, bigint | number | Date | null>[]>`
    SELECT at, seconds, cpu_microseconds AS "cpuMicroseconds", in_bytes AS "inBytes", out_bytes AS "outBytes",
      memory_bytes AS "memoryBytes", swap_bytes AS "swapBytes", processes, disk_bytes AS "diskBytes", inodes
    FROM ${table} WHERE ve_id = ${veId}::uuid AND at >= ${from}::timestamptz ${before} ORDER BY at`
  return rows.map((row) => {
    const figures = Object.entries(row).map(([name, value]) => [name, value === null ? null : Number(value)])
    return { ...(Object.fromEntries(figures) as UsageRow), at: row.at as Date }
  })
}

/** Throws `not-found`. */
export async function veBeancounterHistory(viewer: Viewer, veId: string): Promise<BeancounterHistory> {
  const id = await visibleVe(viewer, veId)
  const to = ceil(new Date(), HISTORY_STEP_SECONDS)
  const from = new Date(to.getTime() - HISTORY_STEPS * HISTORY_STEP_SECONDS * 1000)
  const steps = await readSteps(id, from)
  const byStep = new Map(steps.map((step) => [step.step, step]))
  const history = BEANCOUNTER_NAMES.map((name, index) => {
    const held = Array.from({ length: HISTORY_STEPS }, (_, step) => byStep.get(step)?.held[index] ?? null)
    const failsSinceYesterday = steps.reduce((sum, { failed }) => sum + (failed[index] ?? 0), 0)
    return [name, { held, failsSinceYesterday }]
  })
  return Object.fromEntries(history)
}

type Step = { step: number; held: (number | null)[]; failed: number[] }

/** Averaged where the rows are: of a day's minutes only 48 rows come here. */
async function readSteps(veId: string, from: Date): Promise<Step[]> {
  const rows = await db().$queryRawUnsafe<
    { step: number; held: (bigint | null)[]; failed: (bigint | null)[] }[]
  >(STEPS, veId, from, HISTORY_STEP_SECONDS)
  const numbers = (values: (bigint | null)[]) =>
    values.map((value) => (value === null ? null : Number(value)))
  return rows.map(({ step, held, failed }) => ({
    step,
    held: numbers(held),
    failed: failed.map((value) => Number(value ?? 0)),
  }))
}

const each = (words: (index: number) => string) =>
  `ARRAY[${BEANCOUNTER_NAMES.map((_, index) => words(index + 1)).join(', ')}]`
const STEPS = `
  SELECT floor(extract(epoch FROM at - $2::timestamptz) / $3::int)::int AS step,
    ${each((index) => `avg(held[${index}])::bigint`)} AS held,
    ${each((index) => `sum(failed[${index}])::bigint`)} AS failed
  FROM ${usageTable(USAGE_LEVELS[0])}
  WHERE ve_id = $1::uuid AND at >= $2::timestamptz
  GROUP BY 1 ORDER BY 1`
