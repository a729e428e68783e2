/** Who is looking, and what that person may do where. Pure: `load-viewer.ts` reads it from the database. */
import { Problem } from '../contract/problem.ts'
import { PERMISSIONS, type Permission, ROLE_MAY, type Role } from './permissions.ts'

export type AccountKind = 'provider' | 'reseller' | 'customer'

export type ViewerMembership = {
  accountId: string
  accountKind: AccountKind
  role: Role
  /** The account and all below it in the tree. Null for the provider: every account is below it. */
  subtree: readonly string[] | null
  /** Accounts above it: what they offer downwards (templates) may be used here. */
  ancestors: readonly string[]
}

export type Viewer = {
  userId: string
  name: string
  email: string
  memberships: readonly ViewerMembership[]
  via: 'session' | 'api-key'
  sessionId?: string
  /** With an API key: its id. */
  keyId?: string
}

const covers = (membership: ViewerMembership, accountId: string) =>
  membership.subtree === null || membership.subtree.includes(accountId)

/** Whether the viewer has the permission in the account, through any membership at or above it. */
export function can(viewer: Viewer, permission: Permission, accountId: string): boolean {
  return viewer.memberships.some(
    (membership) => ROLE_MAY[membership.role][permission] && covers(membership, accountId),
  )
}

/** Whether the viewer has the permission anywhere: for showing a page or a button at all. */
export function canAnywhere(viewer: Viewer, permission: Permission): boolean {
  return viewer.memberships.some((membership) => ROLE_MAY[membership.role][permission])
}

/** Whether the viewer has the permission for what belongs to the installation as a whole, such as address pools. */
export function canAtProvider(viewer: Viewer, permission: Permission): boolean {
  return viewer.memberships.some(
    (membership) => membership.accountKind === 'provider' && ROLE_MAY[membership.role][permission],
  )
}

/** The ids of the accounts where the viewer has the permission; null means every account. */
export function accountsWhere(viewer: Viewer, permission: Permission): string[] | null {
  const ids = new Set<string>()
  for (const membership of viewer.memberships) {
    if (!ROLE_MAY[membership.role][permission]) continue
    if (membership.subtree === null) return null
    for (const id of membership.subtree) ids.add(id)
  }
  return [...ids]
}

/** The account that something new belongs to: the first of the viewer's own where it is allowed. Throws `forbidden`. */
export function homeAccount(viewer: Viewer, permission: Permission): string {
  const membership = viewer.memberships.find(({ role }) => ROLE_MAY[role][permission])
  if (!membership) throw forbidden(permission)
  return membership.accountId
}

/** The provider's account, for what only the provider owns (hosts, templates). Throws `forbidden`. */
export function providerAccount(viewer: Viewer, permission: Permission): string {
  const membership = viewer.memberships.find(
    ({ role, accountKind }) => accountKind === 'provider' && ROLE_MAY[role][permission],
  )
  if (!membership) throw forbidden(permission)
  return membership.accountId
}

/** Throws `forbidden` unless the viewer has the permission in the account. Only for what the viewer may see. */
export function demand(viewer: Viewer, permission: Permission, accountId: string): void {
  if (!can(viewer, permission, accountId)) throw forbidden(permission)
}

/**
 * Whether the viewer has the permission as one who sells to the account: through a membership above it. The provider's own
 * account has none above.
 */
export function canFromAbove(viewer: Viewer, permission: Permission, accountId: string): boolean {
  return viewer.memberships.some(
    (membership) =>
      ROLE_MAY[membership.role][permission] &&
      covers(membership, accountId) &&
      (membership.accountKind === 'provider' || membership.accountId !== accountId),
  )
}

/** Throws `forbidden`: nobody lifts what was laid on them. */
export function demandFromAbove(viewer: Viewer, permission: Permission, accountId: string): void {
  if (!canFromAbove(viewer, permission, accountId)) throw forbidden(permission)
}

export function forbidden(permission: Permission): Problem {
  return new Problem('forbidden', `Your role does not allow you to ${PERMISSIONS[permission]}.`)
}
