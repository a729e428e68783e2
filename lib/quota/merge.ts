import type { AgentResult } from '../contract/agent-protocol.ts'
import type { QuotaOwner } from '../contract/quota.ts'
import type { QuotaChange } from './input.ts'

export type Listing = AgentResult<'quota-owners'>
/** A change that succeeded: what was asked, and what its host said. */
export type Done = { input: Pick<QuotaChange, 'kind' | 'grace'>; result: AgentResult<'quota-set'> | null }

const sameOwner = (a: QuotaOwner, b: QuotaOwner) => a.kind === b.kind && a.id === b.id

function withOwner(listing: Listing, owner: QuotaOwner): Listing {
  const known = listing.owners.some((each) => sameOwner(each, owner))
  if (known)
    return { ...listing, owners: listing.owners.map((each) => (sameOwner(each, owner) ? owner : each)) }
  const { limits, usedBytes, usedInodes } = owner
  const has = usedBytes > 0 || usedInodes > 0 || Object.values(limits).some((limit) => limit !== null)
  return has ? { ...listing, owners: [owner, ...listing.owners], counted: listing.counted + 1 } : listing
}

/** A listing with what was set since, oldest first. Pure. */
export function withChanges(listing: Listing, changes: readonly Done[]): Listing {
  return changes.reduce((now, { input: { kind, grace }, result }) => {
    const set = result?.owner ? withOwner(now, result.owner) : now
    return grace ? { ...set, grace: { ...set.grace, [kind]: grace } } : set
  }, listing)
}

/** OpenVZ refused files to owners beyond the limit. Pure; null when there are none. */
export function uncountedNotice(counted: number, most: number): string | null {
  if (counted <= most) return null
  return `${counted} users and groups own files, and ${most} may be counted. Linux keeps nobody from owning files: those that are not listed hold what they like, and can be given no limits.`
}
