import type { Db } from '../db/client.ts'
import { db } from '../db/client.ts'
import type { Role } from './permissions.ts'
import type { AccountKind, Viewer, ViewerMembership } from './viewer.ts'

type MembershipRow = {
  account_id: string
  kind: AccountKind
  role: Role
  subtree: string[] | null
  ancestors: string[]
}

/** A person with all memberships and their places in the ownership tree; null when there is no such user. */
export async function loadViewer(
  userId: string,
  via: Pick<Viewer, 'via' | 'sessionId' | 'keyId'>,
  on: Db = db(),
): Promise<Viewer | null> {
  const user = await on.user.findUnique({
    where: { id: userId },
    select: { id: true, name: true, email: true },
  })
  if (!user) return null
  return {
    userId: user.id,
    name: user.name,
    email: user.email,
    memberships: await memberships(userId, on),
    ...via,
  }
}

/** One statement: the trees below and above each membership. UNION (not ALL) ends even on a tree that is a ring. */
async function memberships(userId: string, on: Db): Promise<ViewerMembership[]> {
  const rows = await on.$queryRaw<MembershipRow[]>`
    WITH RECURSIVE
    own AS (
      SELECT m.account_id, m.role::text AS role, m.created_at, a.kind::text AS kind, a.parent_id
      FROM membership m JOIN account a ON a.id = m.account_id
      WHERE m.user_id = ${userId}
    ),
    below(root, id) AS (
      SELECT account_id, account_id FROM own WHERE kind <> 'provider'
      UNION
      SELECT below.root, child.id FROM below JOIN account child ON child.parent_id = below.id
    ),
    above(root, id) AS (
      SELECT account_id, parent_id FROM own WHERE parent_id IS NOT NULL
      UNION
      SELECT above.root, a.parent_id FROM above JOIN account a ON a.id = above.id WHERE a.parent_id IS NOT NULL
    )
    SELECT account_id, kind, role,
      CASE WHEN kind = 'provider' THEN NULL
        ELSE ARRAY(SELECT id FROM below WHERE root = own.account_id) END AS subtree,
      ARRAY(SELECT id FROM above WHERE root = own.account_id) AS ancestors
    FROM own ORDER BY created_at, account_id`
  return rows.map((row) => ({
    accountId: row.account_id,
    accountKind: row.kind,
    role: row.role,
    subtree: row.subtree,
    ancestors: row.ancestors,
  }))
}
