import { DEFAULT_LIMITS, type VeLimits } from '@/lib/contract/ve-limits.ts'
import {
  LIMIT_FIELD,
  LIMIT_FIELDS,
  type LimitField,
  limitValue,
  sameValue,
} from '@/lib/limits/limit-fields.ts'
import { limitText } from '@/lib/limits/limit-text.ts'
import { Facts } from '../../_ui/facts.tsx'

const ALWAYS: readonly LimitField[] = [
  'memoryBytes',
  'swapBytes',
  'diskBytes',
  'processes',
  'cpuUnits',
  'cpuLimitPercent',
]

/** What a set gives: the usual limits, and all else that is not what every VE gets. */
export function PlanLimits({ limits }: { limits: VeLimits }) {
  const told = LIMIT_FIELDS.filter(
    (field) =>
      ALWAYS.includes(field) || !sameValue(limitValue(limits, field), limitValue(DEFAULT_LIMITS, field)),
  )
  return (
    <Facts
      items={told.map((field) => [LIMIT_FIELD[field].label, limitText(field, limitValue(limits, field))])}
    />
  )
}
