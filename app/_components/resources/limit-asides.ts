/** From when a change of each limit counts, or that its host only counts it. Pure. */
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import type { HostFacts } from '@/lib/contract/host-facts.ts'
import { STORAGE, type StorageDriver } from '@/lib/contract/storage.ts'
import { OTHER_BEANCOUNTERS } from '@/lib/contract/ve-limits.ts'
import { LIMITS_FROM_NEXT_START } from '@/lib/limits/limits-next-start.ts'
import type { LimitAside } from './limit-form-state.ts'
import { PLAIN_LIMITS } from './typed-limits.ts'

const AT_ONCE: LimitAside = { word: 'at once', reason: null }

const LARGER_AT_ONCE: LimitAside = {
  word: 'larger at once',
  reason:
    'A mounted file system grows, but does not shrink: it becomes smaller only while the VE is stopped.',
}

/** By field. `statuses` null: not known, or not for the viewer to see. */
export function limitAsides(
  statuses: HostFacts['beancounters'] | null,
  storage: StorageDriver,
): Record<string, LimitAside> {
  const asides = Object.fromEntries(PLAIN_LIMITS.map((field) => [field, AT_ONCE]))
  if (STORAGE[storage].shrinks === 'when-stopped') asides.diskBytes = LARGER_AT_ONCE
  for (const name of OTHER_BEANCOUNTERS) {
    const found = statuses?.[name]
    asides[`beancounters.${name}`] =
      found && found.status !== 'enforced'
        ? {
            word: found.status === 'accounted' ? 'only counted here' : 'not to be had here',
            reason: found.note ?? BEANCOUNTERS[name].meaning,
          }
        : AT_ONCE
  }
  for (const { field, reason } of LIMITS_FROM_NEXT_START)
    if (asides[field] === AT_ONCE) asides[field] = { word: 'at next start', reason }
  return asides
}
