/** Address pools as pages and the API see them. */
import * as z from 'zod/mini'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { AddressPool } from '../db/generated/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import type { AddressPoolResource } from './resource.ts'

export const addressPoolListQuery = z.object({ ...listQuery, sort: sortOf(['name', 'createdAt']) })
export type AddressPoolListQuery = z.infer<typeof addressPoolListQuery>

/** By name unless sorted otherwise. Throws `forbidden`: pools are the provider's. */
export async function listAddressPools(
  viewer: Viewer,
  query: AddressPoolListQuery = {},
): Promise<Page<AddressPoolResource>> {
  if (!canAtProvider(viewer, 'address:read')) throw forbidden('address:read')
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.AddressPoolWhereInput = query.q
    ? { name: { contains: query.q, mode: 'insensitive' } }
    : {}
  const [rows, total] = await Promise.all([
    db().addressPool.findMany({ ...page, where: { AND: [where, page.where] } }),
    db().addressPool.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: await toResources(db(), shown), next, total }
}

export async function toResources(on: Db, rows: AddressPool[]): Promise<AddressPoolResource[]> {
  const counts = await countAddresses(
    on,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    cidr: row.cidr,
    first: row.first,
    last: row.last,
    used: counts.get(row.id)?.used ?? 0,
    total: counts.get(row.id)?.total ?? null,
    createdAt: row.createdAt.toISOString(),
  }))
}

/** How many addresses a pool gives out and has given out, for all pools in one statement. */
async function countAddresses(
  on: Db,
  poolIds: string[],
): Promise<Map<string, { used: number; total: number | null }>> {
  if (poolIds.length === 0) return new Map()
  // A difference of addresses is a bigint: those that differ above the lowest 52 bits are more than a number counts.
  const rows = await on.$queryRaw<{ id: string; used: bigint; total: bigint | null }[]>`
    SELECT p.id,
      (SELECT count(*) FROM ve_address a WHERE a.pool_id = p.id AND a.released_at IS NULL) AS used,
      CASE WHEN family(p.first) = 4
          OR network(set_masklen(p.first, 76)) = network(set_masklen(p.last, 76))
        THEN p.last - p.first + 1 END AS total
    FROM address_pool p WHERE p.id IN (${Prisma.join(poolIds.map((id) => Prisma.sql`${id}::uuid`))})`
  return new Map(
    rows.map((row) => [
      row.id,
      { used: Number(row.used), total: row.total === null ? null : Number(row.total) },
    ]),
  )
}
