/** Limits that a running VE takes up only when it is started again, and why. Browser-safe and pure. */
import type { VeLimits } from '../contract/ve-limits.ts'
import { changedLimits } from './limit-differences.ts'
import type { LimitField } from './limit-fields.ts'

export const LIMITS_FROM_NEXT_START = [
  {
    field: 'beancounters.numsiginfo',
    reason:
      'The kernel counts queued signals by the VE’s users, and their limit is fixed when they are made.',
  },
  {
    field: 'beancounters.lockedpages',
    reason: 'The kernel counts locked memory by the VE’s users, and their limit is fixed when they are made.',
  },
] as const satisfies readonly { field: LimitField; reason: string }[]

/** Those of a change that wait for the next start of a VE that runs. */
export function waitingLimits(before: VeLimits, after: VeLimits): LimitField[] {
  const late: readonly LimitField[] = LIMITS_FROM_NEXT_START.map(({ field }) => field)
  return changedLimits(before, after).filter((field) => late.includes(field))
}
