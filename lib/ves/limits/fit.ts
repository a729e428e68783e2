import { Problem } from '../../contract/problem.ts'
import type { VeLimits } from '../../contract/ve-limits.ts'
import { type Enforcer, misfits } from '../../plans/fits.ts'
import { changedLimits } from '../limits-next-start.ts'

/** Each is judged by the others. */
const CPU_CHOICE: readonly string[] = ['cpus', 'cpuMask']

/**
 * Why a host cannot hold a VE to `after`: of what differs from `before` alone, so that nobody is refused what is there already. Every
 * field with its reason ("limits.cpus"); null when it can, or has not said what it has. Pure.
 */
export function limitObstacle(host: Enforcer, before: VeLimits, after: VeLimits): Problem | null {
  const changed = changedLimits(before, after)
  const among = changed.some((field) => CPU_CHOICE.includes(field)) ? [...changed, ...CPU_CHOICE] : changed
  const found = misfits(after, host).filter(({ field }) => among.includes(field))
  if (found.length === 0) return null
  const fields: Record<string, string> = {}
  for (const { field, text } of found) fields[`limits.${field}`] ??= text
  return new Problem('capability-missing', [...new Set(Object.values(fields))].join(' '), { fields })
}
