/** Templates as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedOrOffered } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import type { Viewer } from '../auth/viewer.ts'
import { ARCHES, type Arch } from '../contract/arch.ts'
import type { Page } from '../contract/resource.ts'
import type { TemplateDefinition } from '../contract/template-definition.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { TEMPLATE_STATUSES, type TemplateResource } from './resource.ts'

export const templateListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'createdAt']),
  status: z.optional(z.enum(TEMPLATE_STATUSES)),
  arch: z.optional(z.enum(ARCHES)),
  /** Only templates whose cache this host has. */
  hostId: z.optional(z.uuid()),
})
export type TemplateListQuery = z.infer<typeof templateListQuery>

const include = {
  caches: { include: { host: { select: { id: true, name: true } } }, orderBy: { host: { name: 'asc' } } },
} as const satisfies Prisma.TemplateInclude
type Row = Prisma.TemplateGetPayload<{ include: typeof include }>

/** By name unless sorted otherwise. */
export async function listTemplates(
  viewer: Viewer,
  query: TemplateListQuery = {},
): Promise<Page<TemplateResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.TemplateWhereInput = {
    ...ownedOrOffered(viewer, 'template:read'),
    ...(query.status ? { status: query.status } : {}),
    ...(query.arch ? { arch: query.arch } : {}),
    ...(query.hostId ? { caches: { some: { hostId: query.hostId } } } : {}),
    ...(query.q ? { name: { contains: query.q, mode: 'insensitive' } } : {}),
  }
  const [rows, total] = await Promise.all([
    db().template.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().template.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  const ves = await vesByTemplate(
    db(),
    shown.map((row) => row.id),
  )
  return { items: shown.map((row) => toResource(viewer, row, ves.get(row.id) ?? 0)), next, total }
}

/** Throws `not-found`. */
export async function getTemplate(viewer: Viewer, id: string, on: Db = db()): Promise<TemplateResource> {
  const where = { id: idOf('template', id), ...ownedOrOffered(viewer, 'template:read') }
  const row = await on.template.findFirst({ where, include })
  if (!row) throw notFound('template')
  return toResource(viewer, row, (await vesByTemplate(on, [row.id])).get(row.id) ?? 0)
}

async function vesByTemplate(on: Db, templateIds: string[]): Promise<Map<string, number>> {
  if (templateIds.length === 0) return new Map()
  const groups = await on.ve.groupBy({
    by: ['templateId'],
    where: { templateId: { in: templateIds }, destroyedAt: null },
    _count: { _all: true },
  })
  return new Map(groups.map((group) => [group.templateId, group._count._all]))
}

function toResource(viewer: Viewer, row: Row, ves: number): TemplateResource {
  return {
    id: row.id,
    name: row.name,
    arch: row.arch as Arch,
    definition: row.definition as TemplateDefinition,
    status: row.status,
    problem: storedProblem(viewer, row.problem),
    caches: row.caches.map((cache) => ({
      host: cache.host,
      digest: cache.digest,
      sizeBytes: Number(cache.sizeBytes),
      diskBytes: Number(cache.diskBytes),
      packages: cache.packages,
      builtAt: cache.builtAt.toISOString(),
    })),
    ves,
    createdAt: row.createdAt.toISOString(),
  }
}
