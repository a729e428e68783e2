/** Groups of hosts as pages and the API see them. They are the provider's. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import type { HostGroupResource } from './resource.ts'

export const hostGroupListQuery = z.object({ ...listQuery, sort: sortOf(['name', 'createdAt']) })
export type HostGroupListQuery = z.infer<typeof hostGroupListQuery>

const include = {
  hosts: { select: { id: true, name: true }, orderBy: { name: 'asc' } },
  pools: { select: { pool: { select: { id: true, name: true } } }, orderBy: { pool: { name: 'asc' } } },
} as const satisfies Prisma.HostGroupInclude
type Row = Prisma.HostGroupGetPayload<{ include: typeof include }>

/** By name unless sorted otherwise. Throws `forbidden`. */
export async function listHostGroups(
  viewer: Viewer,
  query: HostGroupListQuery = {},
): Promise<Page<HostGroupResource>> {
  if (!canAtProvider(viewer, 'host:read')) throw forbidden('host:read')
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.HostGroupWhereInput = query.q
    ? { name: { contains: query.q, mode: 'insensitive' } }
    : {}
  const [rows, total] = await Promise.all([
    db().hostGroup.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().hostGroup.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map(toResource), next, total }
}

/** Throws `forbidden`, `not-found`. */
export async function getHostGroup(viewer: Viewer, id: string, on: Db = db()): Promise<HostGroupResource> {
  if (!canAtProvider(viewer, 'host:read')) throw forbidden('host:read')
  const row = await on.hostGroup.findUnique({ where: { id: idOf('host group', id) }, include })
  if (!row) throw notFound('host group')
  return toResource(row)
}

function toResource({ id, name, hosts, pools, createdAt }: Row): HostGroupResource {
  return { id, name, hosts, pools: pools.map(({ pool }) => pool), createdAt: createdAt.toISOString() }
}
