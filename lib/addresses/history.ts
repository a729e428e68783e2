/** Who had an address, and when: newest first, read from the end of an index, whatever it is narrowed to. */
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import { db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage } from '../db/keyset.ts'
import { bareAddress, isNetwork } from '../ves/spec.ts'
import type { AddressHistoryEntry, AddressHistoryPage, AddressHistoryQuery } from './history-resource.ts'
import { networksAround } from './ip-number.ts'

/** Of all pools. Throws `forbidden`: it is the provider's. */
export async function listAddressHistory(
  viewer: Viewer,
  query: AddressHistoryQuery = {},
): Promise<AddressHistoryPage> {
  if (!canAtProvider(viewer, 'address:read')) throw forbidden('address:read')
  return read(query)
}

/** Throws `forbidden`, `not-found`. */
export async function listPoolHistory(
  viewer: Viewer,
  poolId: string,
  query: Omit<AddressHistoryQuery, 'poolId'> = {},
): Promise<AddressHistoryPage> {
  if (!canAtProvider(viewer, 'address:read')) throw forbidden('address:read')
  const id = idOf('address pool', poolId)
  if ((await db().addressPool.count({ where: { id } })) === 0) throw notFound('address pool')
  return read({ ...query, poolId: id })
}

/** Of one VE, for whoever may see it, also after it was destroyed. Throws `not-found`. */
export async function listVeAddressHistory(
  viewer: Viewer,
  veId: string,
  query: Omit<AddressHistoryQuery, 'poolId' | 'veId'> = {},
): Promise<AddressHistoryPage> {
  const id = idOf('VE', veId)
  if ((await db().ve.count({ where: { id, ...ownedBy(viewer, 've:read') } })) === 0) throw notFound('VE')
  return read({ ...query, veId: id })
}

const include = {
  pool: { select: { id: true, name: true } },
  ve: { select: { id: true, name: true, veid: true, destroyedAt: true } },
  interface: { select: { ifname: true } },
} as const satisfies Prisma.VeAddressInclude
type Row = Prisma.VeAddressGetPayload<{ include: typeof include }>

async function read(query: AddressHistoryQuery): Promise<AddressHistoryPage> {
  const set = keyset({ cursor: query.cursor, limit: query.limit }, '-assignedAt')
  const page = keysetArguments(set)
  const at = query.at === undefined ? undefined : new Date(query.at)
  const where: Prisma.VeAddressWhereInput = {
    pending: false,
    ...(query.poolId ? { poolId: query.poolId } : {}),
    ...(query.veId ? ofVe(query.veId) : {}),
    ...(query.address ? { address: { in: [query.address, ...networksAround(query.address)] } } : {}),
    ...(at ? { assignedAt: { lte: at }, OR: [{ releasedAt: null }, { releasedAt: { gt: at } }] } : {}),
  }
  const rows = await db().veAddress.findMany({ ...page, where: { AND: [where, page.where] }, include })
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map(toEntry), next }
}

/** Also one whose own row is gone. */
const ofVe = (veId: string): Prisma.VeAddressWhereInput => ({ AND: { OR: [{ veId }, { formerVeId: veId }] } })

function toEntry(row: Row): AddressHistoryEntry {
  return {
    id: row.id,
    address: isNetwork(row.address) ? row.address : bareAddress(row.address),
    pool: row.pool,
    ve: row.ve
      ? { id: row.ve.id, name: row.ve.name, veid: row.ve.veid, destroyed: row.ve.destroyedAt !== null }
      : { id: row.formerVeId ?? '', name: row.formerName ?? '', veid: row.formerVeid ?? 0, destroyed: true },
    ifname: row.interface?.ifname ?? row.formerIfname ?? '',
    from: row.assignedAt.toISOString(),
    until: row.releasedAt?.toISOString() ?? null,
  }
}
