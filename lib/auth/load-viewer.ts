import type { Db } from '../db/client.ts'
import { db } from '../db/client.ts'
import type { Role } from './permissions.ts'
import type { AccountKind, Viewer } from './viewer.ts'

/** A person and one membership; without any, `account_id` is null. */
type Row = {
  user_id: string
  name: string
  email: string
  account_id: string | null
  kind: AccountKind
  role: Role
  subtree: string[] | null
  ancestors: string[]
}
type Via = Pick<Viewer, 'via' | 'sessionId' | 'keyId'>

/** A person with all memberships and their places in the ownership tree; null when there is no such user. */
export async function loadViewer(userId: string, via: Via, on: Db = db()): Promise<Viewer | null> {
  return (await loadViewers([userId], via, on)).get(userId) ?? null
}

/**
 * The same of several, by user id, in one statement: the trees below and above each membership. UNION (not ALL) ends even on a
 * tree that is a ring.
 */
export async function loadViewers(
  userIds: readonly string[],
  via: Via,
  on: Db = db(),
): Promise<Map<string, Viewer>> {
  const rows = await on.$queryRaw<Row[]>`
    WITH RECURSIVE
    own AS (
      SELECT u.id AS user_id, u.name, u.email, m.account_id, m.role::text AS role, m.created_at, a.kind::text AS kind, a.parent_id
      FROM "user" u LEFT JOIN membership m ON m.user_id = u.id LEFT JOIN account a ON a.id = m.account_id
      WHERE u.id = ANY(${userIds})
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
    SELECT user_id, name, email, account_id, kind, role,
      CASE WHEN kind = 'provider' THEN NULL
        ELSE ARRAY(SELECT id FROM below WHERE root = own.account_id) END AS subtree,
      ARRAY(SELECT id FROM above WHERE root = own.account_id) AS ancestors
    FROM own ORDER BY created_at, account_id`
  const known = new Set(rows.map(({ user_id }) => user_id))
  const ownOf = (userId: string) => rows.filter(({ user_id }) => user_id === userId)
  return new Map([...known].map((userId) => [userId, viewerOf(ownOf(userId), via)]))
}

function viewerOf(rows: readonly Row[], via: Via): Viewer {
  const { user_id: userId, name, email } = rows[0] as Row
  const memberships = rows.flatMap(
    ({ account_id: accountId, kind: accountKind, role, subtree, ancestors }) =>
      accountId === null ? [] : [{ accountId, accountKind, role, subtree, ancestors }],
  )
  return { userId, name, email, memberships, ...via }
}
