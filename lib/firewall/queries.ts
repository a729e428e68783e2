/** Firewall rule sets as pages and the API see them: the reader's own, and what accounts above offer. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy, ownedOrOffered } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import type { FirewallSetResource } from './set-resource.ts'

export const firewallSetListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'createdAt']),
  /** Only sets that this VE may refer to: of its account and those above. */
  veId: z.optional(z.uuid('An id.')),
})
export type FirewallSetListQuery = z.infer<typeof firewallSetListQuery>

function include(viewer: Viewer) {
  const seen = { ve: { destroyedAt: null, ...ownedBy(viewer, 've:read') } }
  return {
    account: { select: { id: true, name: true } },
    _count: { select: { uses: { where: seen } } },
  } as const satisfies Prisma.FirewallSetInclude
}
type Row = Prisma.FirewallSetGetPayload<{ include: ReturnType<typeof include> }>

/** By name unless sorted otherwise. Throws `forbidden`; `not-found` for a VE that is not there. */
export async function listFirewallSets(
  viewer: Viewer,
  query: FirewallSetListQuery = {},
): Promise<Page<FirewallSetResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.FirewallSetWhereInput = {
    AND: [
      ownedOrOffered(viewer, 've:read'),
      query.q ? { name: { contains: query.q, mode: 'insensitive' } } : {},
      query.veId ? { accountId: { in: await accountsOfferingTo(db(), viewer, query.veId) } } : {},
    ],
  }
  const [rows, total] = await Promise.all([
    db().firewallSet.findMany({ ...page, where: { AND: [where, page.where] }, include: include(viewer) }),
    db().firewallSet.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map(toResource), next, total }
}

/** Throws `not-found`. */
export async function getFirewallSet(
  viewer: Viewer,
  id: string,
  on: Db = db(),
): Promise<FirewallSetResource> {
  const where = { id: idOf('firewall set', id), ...ownedOrOffered(viewer, 've:read') }
  const row = await on.firewallSet.findFirst({ where, include: include(viewer) })
  if (!row) throw notFound('firewall set')
  return toResource(row)
}

async function accountsOfferingTo(on: Db, viewer: Viewer, veId: string): Promise<string[]> {
  const where = { id: veId, ...ownedBy(viewer, 've:read') }
  const ve = await on.ve.findFirst({ where, select: { accountId: true } })
  if (!ve) throw notFound('VE')
  return accountAndAbove(on, ve.accountId)
}

/** UNION (not ALL) ends even on a tree that is a ring. */
export async function accountAndAbove(on: Db, accountId: string): Promise<string[]> {
  const rows = await on.$queryRaw<{ id: string }[]>`
    WITH RECURSIVE above(id, parent_id) AS (
      SELECT id, parent_id FROM account WHERE id = ${accountId}::uuid
      UNION
      SELECT a.id, a.parent_id FROM above JOIN account a ON a.id = above.parent_id
    ) SELECT id FROM above`
  return rows.map(({ id }) => id)
}

function toResource(row: Row): FirewallSetResource {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    rules: row.rules as FirewallRule[],
    account: row.account,
    ves: row._count.uses,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
