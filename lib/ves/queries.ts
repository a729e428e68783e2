/** VEs as pages and the API see them: what is wanted, and what their host saw last. */
import { isIP } from 'node:net'
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { VE_STATES } from '../contract/ve-state.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import type { VeResource } from './resource.ts'
import { toVeResource } from './to-resource.ts'
import { trafficUsed } from './traffic-used.ts'

export const veListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'hostname', 'veid', 'memoryBytes', 'diskBytes', 'createdAt']),
  state: z.optional(z.enum(VE_STATES)),
  hostId: z.optional(z.uuid()),
  templateId: z.optional(z.uuid()),
  planId: z.optional(z.uuid()),
})
export type VeListQuery = z.infer<typeof veListQuery>

const include = {
  account: { select: { id: true, name: true } },
  host: { select: { id: true, name: true, simulated: true, status: true, capabilities: true } },
  template: { select: { id: true, name: true } },
  planVersion: { select: { number: true, plan: { select: { id: true, name: true } } } },
  interfaces: {
    where: { removedAt: null },
    orderBy: { index: 'asc' },
    include: {
      addresses: {
        where: { releasedAt: null },
        orderBy: { id: 'asc' },
        include: { pool: { select: { id: true, name: true } } },
      },
    },
  },
  _count: { select: { snapshots: true } },
  firewallSets: { include: { set: { select: { id: true, name: true } } } },
} as const satisfies Prisma.VeInclude
export type VeResourceRow = Prisma.VeGetPayload<{ include: typeof include }>

/** By name unless sorted otherwise. Destroyed ones are history: shown only when asked for by `state`. */
export async function listVes(viewer: Viewer, query: VeListQuery = {}): Promise<Page<VeResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.VeWhereInput = {
    ...ownedBy(viewer, 've:read'),
    ...(query.state ? { state: query.state } : {}),
    ...(query.state === 'destroyed' ? {} : { destroyedAt: null }),
    ...(query.hostId ? { hostId: query.hostId } : {}),
    ...(query.templateId ? { templateId: query.templateId } : {}),
    ...(query.planId ? { planVersion: { planId: query.planId } } : {}),
    ...(query.q ? { OR: matching(query.q) } : {}),
  }
  const [rows, total] = await Promise.all([
    db().ve.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().ve.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: await toResources(viewer, shown, db()), next, total }
}

/** Throws `not-found`. A destroyed VE can still be looked at, so that its operations lead somewhere. */
export async function getVe(viewer: Viewer, id: string, on: Db = db()): Promise<VeResource> {
  const row = await on.ve.findFirst({ where: { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }, include })
  if (!row) throw notFound('VE')
  const [resource] = await toResources(viewer, [row], on)
  return resource as VeResource
}

async function toResources(viewer: Viewer, rows: VeResourceRow[], on: Db): Promise<VeResource[]> {
  const ids = rows.map(({ id }) => id)
  const used = await trafficUsed(on, ids)
  return rows.map((row) => toVeResource(viewer, row, used.get(row.id) ?? 0))
}

/** A name, a host name, a whole address, or a veid. */
function matching(text: string): Prisma.VeWhereInput[] {
  const contains = { contains: text, mode: 'insensitive' as const }
  const any: Prisma.VeWhereInput[] = [{ name: contains }, { hostname: contains }]
  if (/^\d{1,9}$/.test(text)) any.push({ veid: Number(text) })
  if (isIP(text) !== 0) any.push({ addresses: { some: { address: text, releasedAt: null } } })
  return any
}
