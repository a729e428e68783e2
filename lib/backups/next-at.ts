import type { BackupSchedule } from '../db/generated/client.ts'

const DAY_MS = 86_400_000

/** The first moment of the schedule after `now`. Pure. */
export function nextAt(
  { every, weekday, hour }: Pick<BackupSchedule, 'every' | 'weekday' | 'hour'>,
  now: Date,
): Date {
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hour)
  for (let days = 0; ; days += 1) {
    const at = new Date(today + days * DAY_MS)
    if (at > now && (every === 'day' || at.getUTCDay() === weekday)) return at
  }
}
