/** Address pools as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { INTERFACE_KINDS } from '../contract/ve-interface.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { poolTotal } from './ip-number.ts'
import type { AddressPoolResource } from './resource.ts'

export const addressPoolListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'createdAt']),
  kind: z.optional(z.enum(INTERFACE_KINDS)),
  /** Only pools that serve this host: bound to it, to its group, or to none. */
  hostId: z.optional(z.uuid()),
})
export type AddressPoolListQuery = z.infer<typeof addressPoolListQuery>

const named = { select: { id: true, name: true } } as const
const include = {
  hosts: { include: { host: named }, orderBy: { host: { name: 'asc' } } },
  groups: { include: { group: named }, orderBy: { group: { name: 'asc' } } },
} as const satisfies Prisma.AddressPoolInclude
type Row = Prisma.AddressPoolGetPayload<{ include: typeof include }>

/** By name unless sorted otherwise. Throws `forbidden`: pools are the provider's. */
export async function listAddressPools(
  viewer: Viewer,
  query: AddressPoolListQuery = {},
): Promise<Page<AddressPoolResource>> {
  if (!canAtProvider(viewer, 'address:read')) throw forbidden('address:read')
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.AddressPoolWhereInput = {
    ...(query.q ? { name: { contains: query.q, mode: 'insensitive' } } : {}),
    ...(query.kind ? { kind: query.kind } : {}),
    ...(query.hostId ? servesHost(query.hostId) : {}),
  }
  const [rows, total] = await Promise.all([
    db().addressPool.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().addressPool.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: await toResources(db(), shown), next, total }
}

/** Throws `forbidden`, `not-found`. */
export async function getAddressPool(
  viewer: Viewer,
  id: string,
  on: Db = db(),
): Promise<AddressPoolResource> {
  if (!canAtProvider(viewer, 'address:read')) throw forbidden('address:read')
  const row = await on.addressPool.findUnique({ where: { id: idOf('address pool', id) }, include })
  const [pool] = row ? await toResources(on, [row]) : []
  if (!pool) throw notFound('address pool')
  return pool
}

/** Of the pools, those bound to the host, to its group, or to none. */
export function servesHost(hostId: string): Prisma.AddressPoolWhereInput {
  return {
    OR: [
      { hosts: { some: { hostId } } },
      { groups: { some: { group: { hosts: { some: { id: hostId } } } } } },
      { hosts: { none: {} }, groups: { none: {} } },
    ],
  }
}

async function toResources(on: Db, rows: Row[]): Promise<AddressPoolResource[]> {
  const used = await usedOf(
    on,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    cidr: row.cidr,
    first: row.first,
    last: row.last,
    gateway: row.gateway,
    bridge: row.bridge,
    vlan: row.vlan,
    delegates: row.delegates,
    hosts: row.hosts.map(({ host }) => host),
    groups: row.groups.map(({ group }) => group),
    used: used.get(row.id) ?? 0,
    total: poolTotal(row),
    createdAt: row.createdAt.toISOString(),
  }))
}

/** How many each pool has given out, for all pools in one statement. */
async function usedOf(on: Db, poolIds: string[]): Promise<Map<string, number>> {
  if (poolIds.length === 0) return new Map()
  const counts = await on.veAddress.groupBy({
    by: ['poolId'],
    where: { poolId: { in: poolIds }, releasedAt: null },
    _count: { _all: true },
  })
  return new Map(counts.map(({ poolId, _count }) => [poolId ?? '', _count._all]))
}
