/** Times of graphs in the viewer's zone. Pure; `at` is ISO 8601. */
import { USAGE_RANGE, type UsageRange } from '@/lib/usage/series.ts'

export type TimeFormat = { timeZone: string; range: UsageRange | 'minute' }

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
const DAY = { day: 'numeric', month: 'short' } as const

const TICK: Record<TimeFormat['range'], Intl.DateTimeFormatOptions> = {
  minute: { ...CLOCK, second: '2-digit' },
  hour: CLOCK,
  day: CLOCK,
  week: { weekday: 'short', ...DAY },
  month: DAY,
  year: { month: 'short', year: 'numeric' },
}

function told(at: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(new Date(at))
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(new Date(at))
  }
}

/** On an axis: as short as the range allows. */
export const formatTick = (at: string, { timeZone, range }: TimeFormat) => told(at, timeZone, TICK[range])

/** Of one point: with the day, and the time where points are closer than a day. */
export function formatPoint(at: string, { timeZone, range }: TimeFormat): string {
  if (range === 'minute') return told(at, timeZone, TICK.minute)
  const byDay = USAGE_RANGE[range].stepSeconds >= 86_400
  return told(at, timeZone, byDay ? { ...DAY, year: 'numeric' } : { ...DAY, ...CLOCK })
}
