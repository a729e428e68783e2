/** Snapshots as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { SNAPSHOT_STATES, type SnapshotResource } from './resource.ts'

const ofOneVe = {
  ...listQuery,
  sort: sortOf(['createdAt', 'name']),
  state: z.optional(z.enum(SNAPSHOT_STATES)),
}

export const veSnapshotListQuery = z.object(ofOneVe)
export const snapshotListQuery = z.object({
  ...ofOneVe,
  veId: z.optional(z.uuid()),
  hostId: z.optional(z.uuid()),
})
export type SnapshotListQuery = z.infer<typeof snapshotListQuery>

const include = { ve: { select: { id: true, name: true } } } as const satisfies Prisma.SnapshotInclude
type Row = Prisma.SnapshotGetPayload<{ include: typeof include }>

/** Newest first unless sorted otherwise. */
export async function listSnapshots(
  viewer: Viewer,
  query: SnapshotListQuery = {},
): Promise<Page<SnapshotResource>> {
  const set = keyset(query, '-createdAt')
  const page = keysetArguments(set)
  const where: Prisma.SnapshotWhereInput = {
    ...ownedBy(viewer, 've:read'),
    ...(query.state ? { state: query.state } : {}),
    ...(query.veId ? { veId: query.veId } : {}),
    ...(query.hostId ? { ve: { hostId: query.hostId } } : {}),
    ...(query.q ? { OR: matching(query.q) } : {}),
  }
  const [rows, total] = await Promise.all([
    db().snapshot.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().snapshot.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map((row) => toResource(viewer, row)), next, total }
}

/** Of one VE. Throws `not-found` for a VE that the viewer does not see. */
export async function listVeSnapshots(
  viewer: Viewer,
  id: string,
  query: z.infer<typeof veSnapshotListQuery> = {},
): Promise<Page<SnapshotResource>> {
  const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
  const ve = await db().ve.findFirst({ where, select: { id: true } })
  if (!ve) throw notFound('VE')
  return listSnapshots(viewer, { ...query, veId: ve.id })
}

/** Throws `not-found`. */
export async function getSnapshot(viewer: Viewer, id: string, on: Db = db()): Promise<SnapshotResource> {
  const where = { id: idOf('snapshot', id), ...ownedBy(viewer, 've:read') }
  const row = await on.snapshot.findFirst({ where, include })
  if (!row) throw notFound('snapshot')
  return toResource(viewer, row)
}

/** Part of its own name or description, or of its VE's name. */
function matching(text: string): Prisma.SnapshotWhereInput[] {
  const contains = { contains: text, mode: 'insensitive' as const }
  return [{ name: contains }, { description: contains }, { ve: { name: contains } }]
}

function toResource(viewer: Viewer, row: Row): SnapshotResource {
  return {
    id: row.id,
    ve: row.ve,
    name: row.name,
    description: row.description,
    memory: row.memory,
    state: row.state,
    problem: storedProblem(viewer, row.problem),
    bytes: row.bytes === null ? null : Number(row.bytes),
    limits: row.limits as VeLimits,
    parentId: row.parentId,
    takenAt: row.takenAt?.toISOString() ?? null,
    rolledBackAt: row.rolledBackAt?.toISOString() ?? null,
    mountedAt: canAtProvider(viewer, 'host:manage') ? row.mountedAt : null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByName,
  }
}
