/** What a list may show, as a Prisma condition on `accountId`. */
import type { Permission } from './permissions.ts'
import { accountsWhere, forbidden, type Viewer } from './viewer.ts'

/** Only rows of accounts where the viewer has the permission. Throws `forbidden` when there is no such account. */
export function ownedBy(viewer: Viewer, permission: Permission): { accountId?: { in: string[] } } {
  const accounts = accountsWhere(viewer, permission)
  if (accounts === null) return {}
  if (accounts.length === 0) throw forbidden(permission)
  return { accountId: { in: accounts } }
}

/** The same, and what accounts above the viewer's offer downwards. */
export function ownedOrOffered(viewer: Viewer, permission: Permission): { accountId?: { in: string[] } } {
  const owned = ownedBy(viewer, permission)
  if (!owned.accountId) return owned
  const offered = viewer.memberships.flatMap((membership) => membership.ancestors)
  return { accountId: { in: [...owned.accountId.in, ...offered] } }
}
