/** The month that a VE's traffic is counted in: from its reset day (1…28) to the day before the next. Days are of UTC. Browser-safe. */

/** First day of the period that `now` is in, as "2026-11-05". */
export function periodFrom(resetDay: number, now: Date): string {
  const back = now.getUTCDate() < resetDay ? 1 : 0
  return dayOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, resetDay)))
}

/** First day of the next one. */
export function nextPeriodFrom(resetDay: number, now: Date): string {
  const ahead = now.getUTCDate() < resetDay ? 0 : 1
  return dayOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, resetDay)))
}

export const dayOf = (date: Date): string => date.toISOString().slice(0, 10)
