/** What each parameter is on this host: enforced, accounted or unavailable. */
import { BEANCOUNTER_NAMES, BEANCOUNTERS } from '../../../lib/contract/beancounters.ts'
import type { HostFacts } from '../../../lib/contract/host-facts.ts'

/** Pure. */
export function beancounterStatuses(version: 1 | 2): HostFacts['beancounters'] {
  return Object.fromEntries(
    BEANCOUNTER_NAMES.map((name) => {
      const { enforced } = BEANCOUNTERS[name][version === 1 ? 'v1' : 'v2']
      return [name, { status: enforced === null ? 'accounted' : 'enforced', note: enforced }]
    }),
  ) as HostFacts['beancounters']
}
