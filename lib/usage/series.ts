/** What a VE used over time, as graphs show it. Browser-safe. */
import * as z from 'zod/mini'
import { time } from '../contract/resource.ts'

const DAY_SECONDS = 86_400

/** `seconds` back from now, in points of `stepSeconds`, read from rows of `level`. */
export const USAGE_RANGE = {
  hour: { label: 'Hour', seconds: 3_600, stepSeconds: 60, level: 'minute' },
  day: { label: 'Day', seconds: DAY_SECONDS, stepSeconds: 300, level: 'minute' },
  week: { label: 'Week', seconds: 7 * DAY_SECONDS, stepSeconds: 3_600, level: 'hour' },
  month: { label: 'Month', seconds: 30 * DAY_SECONDS, stepSeconds: 4 * 3_600, level: 'hour' },
  year: { label: 'Year', seconds: 365 * DAY_SECONDS, stepSeconds: DAY_SECONDS, level: 'day' },
} as const satisfies Record<string, { label: string; seconds: number; stepSeconds: number; level: string }>
export type UsageRange = keyof typeof USAGE_RANGE
export const USAGE_RANGES = Object.keys(USAGE_RANGE) as [UsageRange, ...UsageRange[]]

/** A day unless said otherwise. */
export const usageQuery = z.object({ range: z.optional(z.enum(USAGE_RANGES)) })

const figure = z.nullable(z.number())

/** Null: not known, since it did not run or nobody looked. Rates are means over the step, the rest means of what was held. */
export const usagePoint = z.object({
  at: time,
  /** Of one CPU: two that are busy are 200. */
  cpuPercent: figure,
  memoryBytes: figure,
  swapBytes: figure,
  processes: figure,
  diskBytes: figure,
  inodes: figure,
  /** Bits a second. */
  inBits: figure,
  outBits: figure,
})
export type UsagePoint = z.infer<typeof usagePoint>

/** Oldest first, a point for every step; `at` is where its step begins. */
export const usageSeries = z.object({
  from: time,
  to: time,
  stepSeconds: z.int(),
  points: z.array(usagePoint),
})
export type UsageSeries = z.infer<typeof usageSeries>
