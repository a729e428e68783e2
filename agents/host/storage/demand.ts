/** What several drivers refuse before anything is done. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { FileSystemUse } from '../../../lib/contract/quota.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'

type DiskField = 'diskBytes' | 'diskSoftBytes' | 'diskInodes' | 'diskSoftInodes' | 'diskGraceSeconds'

/** By field: why not. */
export type Refusals = Partial<Record<DiskField, string>>

/** Throws when there is any. */
export function refuse(code: 'capability-missing' | 'invalid-input', refusals: Refusals): void {
  const entries = Object.entries(refusals)
  if (entries.length === 0) return
  const fields = Object.fromEntries(entries.map(([field, text]) => [`spec.limits.${field}`, text]))
  throw new Problem(code, [...new Set(entries.map(([, text]) => text))].join(' '), { fields })
}

/** The same text for every limit of a kind that is set. */
export function refuseSet(limits: VeLimits, fields: readonly DiskField[], text: string): void {
  const set = fields.filter((field) => limits[field] !== null)
  refuse('capability-missing', Object.fromEntries(set.map((field) => [field, text])))
}

/** Only what is lowered: one that is above its limit already may be given more. */
export function refuseBelowUse(
  from: VeLimits,
  to: VeLimits,
  use: Pick<FileSystemUse, 'usedBytes' | 'usedInodes'>,
): void {
  const refusals: Refusals = {}
  if (to.diskBytes < from.diskBytes && to.diskBytes < use.usedBytes) {
    refusals.diskBytes = `${formatBytes(use.usedBytes)} are in use, more than ${formatBytes(to.diskBytes)}.`
  }
  const lowered = to.diskInodes !== null && (from.diskInodes === null || to.diskInodes < from.diskInodes)
  if (lowered && to.diskInodes !== null && to.diskInodes < use.usedInodes) {
    refusals.diskInodes = `${use.usedInodes} inodes are in use, more than ${to.diskInodes}.`
  }
  refuse('invalid-input', refusals)
}
