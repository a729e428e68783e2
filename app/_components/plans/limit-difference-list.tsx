import type { LimitDifference } from '@/lib/limits/limit-differences.ts'
import { LIMIT_FIELD } from '@/lib/limits/limit-fields.ts'
import { limitText } from '@/lib/limits/limit-text.ts'

/** "Memory 512 MiB → 1 GiB", a line each. */
export function LimitDifferenceList({ differences }: { differences: readonly LimitDifference[] }) {
  return (
    <ul>
      {differences.map(({ field, before, after }) => (
        <li key={field}>
          <span className="text-content-muted">{LIMIT_FIELD[field].label}: </span>
          {limitText(field, before)} <span aria-hidden>→</span>
          <span className="sr-only"> becomes </span> {limitText(field, after)}
        </li>
      ))}
    </ul>
  )
}
