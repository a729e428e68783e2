/** Plans as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy, ownedOrOffered } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import { type Db, db } from '../db/client.ts'
import type { PlanVersion, Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import type { PlanResource, PlanVersionResource } from './resource.ts'

export const planListQuery = z.object({ ...listQuery, sort: sortOf(['name', 'createdAt']) })
export type PlanListQuery = z.infer<typeof planListQuery>

export const planVersionListQuery = z.object({ cursor: listQuery.cursor, limit: listQuery.limit })
export type PlanVersionListQuery = z.infer<typeof planVersionListQuery>

const include = {
  account: { select: { id: true, name: true } },
  versions: { orderBy: { number: 'desc' }, take: 1 },
} as const satisfies Prisma.PlanInclude
type Row = Prisma.PlanGetPayload<{ include: typeof include }>

/** The viewer's own and those that accounts above offer. By name unless sorted otherwise. */
export async function listPlans(viewer: Viewer, query: PlanListQuery = {}): Promise<Page<PlanResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.PlanWhereInput = {
    ...ownedOrOffered(viewer, 'plan:read'),
    ...(query.q ? { name: { contains: query.q, mode: 'insensitive' } } : {}),
  }
  const [rows, total] = await Promise.all([
    db().plan.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().plan.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: await toResources(viewer, shown, db()), next, total }
}

/** Throws `not-found`. */
export async function getPlan(viewer: Viewer, id: string, on: Db = db()): Promise<PlanResource> {
  const where = { id: idOf('plan', id), ...ownedOrOffered(viewer, 'plan:read') }
  const row = await on.plan.findFirst({ where, include })
  if (!row) throw notFound('plan')
  const [resource] = await toResources(viewer, [row], on)
  return resource as PlanResource
}

/** Newest first. Throws `not-found`. */
export async function listPlanVersions(
  viewer: Viewer,
  id: string,
  query: PlanVersionListQuery = {},
): Promise<Page<PlanVersionResource>> {
  const plan = await getPlan(viewer, id)
  const set = keyset(query, '-createdAt')
  const page = keysetArguments(set)
  const where = { planId: plan.id }
  const [rows, total] = await Promise.all([
    db().planVersion.findMany({ ...page, where: { AND: [where, page.where] } }),
    db().planVersion.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  const used = await vesByVersion(viewer, [plan.id], db())
  return { items: shown.map((row) => versionResource(row, used.get(row.id)?.ves ?? 0)), next, total }
}

export function versionResource(row: PlanVersion, ves: number): PlanVersionResource {
  return {
    id: row.id,
    number: row.number,
    limits: row.limits as VeLimits,
    note: row.note,
    actorName: row.actorName,
    createdAt: row.createdAt.toISOString(),
    ves,
  }
}

type Use = { planId: string; versionId: string; ves: number }

/** Of the VEs that the viewer may see, by the version's id. */
async function vesByVersion(viewer: Viewer, planIds: string[], on: Db): Promise<Map<string, Use>> {
  const groups = await on.ve.groupBy({
    by: ['planVersionId'],
    where: { ...ownedBy(viewer, 've:read'), planVersion: { planId: { in: planIds } }, destroyedAt: null },
    _count: { _all: true },
  })
  const ids = groups.flatMap(({ planVersionId }) => planVersionId ?? [])
  const versions = await on.planVersion.findMany({
    where: { id: { in: ids } },
    select: { id: true, planId: true },
  })
  const planOf = new Map(versions.map(({ id, planId }) => [id, planId]))
  const uses = groups.map(({ planVersionId, _count }): [string, Use] => {
    const versionId = planVersionId as string
    return [versionId, { versionId, planId: planOf.get(versionId) as string, ves: _count._all }]
  })
  return new Map(uses)
}

async function toResources(viewer: Viewer, rows: Row[], on: Db): Promise<PlanResource[]> {
  const ids = rows.map(({ id }) => id)
  const used = await vesByVersion(viewer, ids, on)
  return rows.map((row) => {
    // It is made together with its first version.
    const latest = row.versions[0] as PlanVersion
    const uses = [...used.values()].filter(({ planId }) => planId === row.id)
    const ves = uses.reduce((sum, use) => sum + use.ves, 0)
    const current = used.get(latest.id)?.ves ?? 0
    return {
      id: row.id,
      account: row.account,
      name: row.name,
      description: row.description,
      latest: versionResource(latest, current),
      ves,
      outdated: ves - current,
      createdAt: row.createdAt.toISOString(),
    }
  })
}
