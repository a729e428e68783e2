/** What differs between two sets of limits. Pure; browser-safe. */
import type { VeLimits } from '../contract/ve-limits.ts'
import { LIMIT_FIELDS, type LimitField, type LimitValue, limitValue, sameValue } from './limit-fields.ts'

/** A limit that differs between two sets. */
export type LimitDifference = { field: LimitField; before: LimitValue; after: LimitValue }

/** In the order of LIMIT_FIELDS. */
export function limitDifferences(before: VeLimits, after: VeLimits): LimitDifference[] {
  return LIMIT_FIELDS.map((field) => ({
    field,
    before: limitValue(before, field),
    after: limitValue(after, field),
  })).filter((each) => !sameValue(each.before, each.after))
}

/** Their fields alone. */
export const changedLimits = (before: VeLimits, after: VeLimits): LimitField[] =>
  limitDifferences(before, after).map(({ field }) => field)
