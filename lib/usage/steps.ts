/** Rows of use as the points of a graph. Pure. */
import type { UsagePoint } from './series.ts'

/** A minute, an hour or a day; `at` is where it begins. */
export type UsageRow = {
  at: Date
  seconds: number
  cpuMicroseconds: number
  inBytes: number
  outBytes: number
  memoryBytes: number | null
  swapBytes: number | null
  processes: number | null
  diskBytes: number | null
  inodes: number | null
}

const MEANS = ['memoryBytes', 'swapBytes', 'processes', 'diskBytes', 'inodes'] as const

/** A point for each step from `from` to `to`, oldest first. */
export function pointsOf(rows: readonly UsageRow[], from: Date, to: Date, stepSeconds: number): UsagePoint[] {
  const step = stepSeconds * 1000
  const count = Math.ceil((to.getTime() - from.getTime()) / step)
  const within: UsageRow[][] = Array.from({ length: count }, () => [])
  for (const row of rows) within[Math.floor((row.at.getTime() - from.getTime()) / step)]?.push(row)
  return within.map((each, index) => pointOf(each, new Date(from.getTime() + index * step)))
}

function pointOf(rows: readonly UsageRow[], at: Date): UsagePoint {
  const sum = (of: (row: UsageRow) => number) => rows.reduce((all, row) => all + of(row), 0)
  const seconds = sum((row) => row.seconds)
  const rate = (of: (row: UsageRow) => number) => (seconds > 0 ? sum(of) / seconds : null)
  const means = MEANS.map((name) => [name, mean(rows.map((row) => row[name]))])
  return {
    at: at.toISOString(),
    cpuPercent: hundredths(rate(({ cpuMicroseconds }) => cpuMicroseconds / 10_000)),
    ...(Object.fromEntries(means) as Pick<UsagePoint, (typeof MEANS)[number]>),
    inBits: whole(rate(({ inBytes }) => inBytes * 8)),
    outBits: whole(rate(({ outBytes }) => outBytes * 8)),
  }
}

const whole = (value: number | null) => (value === null ? null : Math.round(value))
const hundredths = (value: number | null) => (value === null ? null : Math.round(value * 100) / 100)

export function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.round(known.reduce((sum, value) => sum + value, 0) / known.length)
}
