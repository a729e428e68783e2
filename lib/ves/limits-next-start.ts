/** Limits that a running VE takes up only when it is started again, and why. Browser-safe and pure. */
import { OTHER_BEANCOUNTERS, type VeLimits } from '../contract/ve-limits.ts'

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
] as const satisfies readonly { field: string; reason: string }[]

/** The fields of two sets of limits that differ, as problems name them: "memoryBytes", "beancounters.numfile". */
export function changedLimits(before: VeLimits, after: VeLimits): string[] {
  const { beancounters: was, ...flat } = before
  const fields = (Object.keys(flat) as (keyof typeof flat)[]).filter((field) => flat[field] !== after[field])
  const names = OTHER_BEANCOUNTERS.filter((name) => {
    const [a, b] = [was[name], after.beancounters[name]]
    return a.barrier !== b.barrier || a.limit !== b.limit
  })
  return [...fields, ...names.map((name) => `beancounters.${name}`)]
}

/** Those of a change that wait for the next start of a VE that runs. */
export function waitingLimits(before: VeLimits, after: VeLimits): string[] {
  const late: readonly string[] = LIMITS_FROM_NEXT_START.map(({ field }) => field)
  return changedLimits(before, after).filter((field) => late.includes(field))
}
