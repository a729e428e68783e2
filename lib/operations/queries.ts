/** Operations as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import { can, type Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { OPERATION_STATUSES } from './definition.ts'
import { OPERATION_TYPES, OPERATIONS, type OperationType } from './registry.ts'
import type { OperationResource } from './resource.ts'

export const operationListQuery = z.object({
  ...listQuery,
  sort: sortOf(['createdAt']),
  status: z.optional(z.enum([...OPERATION_STATUSES, 'live'])),
  type: z.optional(z.enum(OPERATION_TYPES)),
  hostId: z.optional(z.uuid()),
  templateId: z.optional(z.uuid()),
  planId: z.optional(z.uuid()),
  veId: z.optional(z.uuid()),
})
export type OperationListQuery = z.infer<typeof operationListQuery>

const named = { select: { id: true, name: true } } as const
const include = {
  host: named,
  template: named,
  plan: named,
  ve: named,
  steps: { orderBy: { index: 'asc' }, omit: { output: true } },
} as const satisfies Prisma.OperationInclude
type Row = Prisma.OperationGetPayload<{ include: typeof include }>

/** Newest first unless sorted otherwise, without their results. `status: 'live'` means queued or running. */
export async function listOperations(
  viewer: Viewer,
  query: OperationListQuery = {},
): Promise<Page<OperationResource>> {
  const set = keyset(query, '-createdAt')
  const page = keysetArguments(set)
  const where: Prisma.OperationWhereInput = {
    ...ownedBy(viewer, 'operation:read'),
    ...(query.status
      ? { status: query.status === 'live' ? { in: ['queued', 'running'] } : query.status }
      : {}),
    ...(query.type ? { type: query.type } : {}),
    ...(query.hostId ? { hostId: query.hostId } : {}),
    ...(query.templateId ? { templateId: query.templateId } : {}),
    ...(query.planId ? { planId: query.planId } : {}),
    ...(query.veId ? { veId: query.veId } : {}),
    ...(query.q ? { title: { contains: query.q, mode: 'insensitive' } } : {}),
  }
  const [rows, total] = await Promise.all([
    db().operation.findMany({
      ...page,
      where: { AND: [where, page.where] },
      include,
      omit: { result: true },
    }),
    db().operation.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map((row) => toResource(viewer, { ...row, result: null })), next, total }
}

/** Throws `not-found`. */
export async function getOperation(viewer: Viewer, id: string, on: Db = db()): Promise<OperationResource> {
  const where = { id: idOf('operation', id), ...ownedBy(viewer, 'operation:read') }
  const row = await on.operation.findFirst({ where, include })
  if (!row) throw notFound('operation')
  return toResource(viewer, row)
}

export const operationLogLine = z.object({
  id: z.int(),
  stepIndex: z.int(),
  at: z.iso.datetime(),
  line: z.string(),
})
export type OperationLogLine = z.infer<typeof operationLogLine>
export type OperationLog = { items: OperationLogLine[]; next: string | null }

const LOG_LINES = 1000

/**
 * Log lines after `afterId` (0 for all), oldest first, at most 1000; `next` is the id to go on after when there are more.
 * To follow a live log, ask again with the id of the last line. Throws `not-found`.
 */
export async function getOperationLog(viewer: Viewer, id: string, afterId = 0): Promise<OperationLog> {
  const where = { id: idOf('operation', id), ...ownedBy(viewer, 'operation:read') }
  const seen = await db().operation.findFirst({ where, select: { id: true } })
  if (!seen) throw notFound('operation')
  const rows = await db().operationLog.findMany({
    where: { operationId: seen.id, id: { gt: afterId } },
    orderBy: { id: 'asc' },
    take: LOG_LINES + 1,
  })
  const items = rows.slice(0, LOG_LINES).map((row) => ({
    id: Number(row.id),
    stepIndex: row.stepIndex,
    at: row.at.toISOString(),
    line: row.line,
  }))
  return { items, next: rows.length > LOG_LINES ? String(items.at(-1)?.id) : null }
}

/** What a command printed is for those who may run one. */
function maySeeResult(viewer: Viewer, { type, accountId }: Pick<Row, 'type' | 'accountId'>): boolean {
  return type !== 've-exec' || can(viewer, 've:console', accountId)
}

function toResource(viewer: Viewer, row: Row): OperationResource {
  const type = row.type as OperationType
  return {
    id: row.id,
    type,
    status: row.status,
    title: row.title,
    subject: OPERATIONS[type].subject,
    actorName: row.actorName,
    host: row.host,
    template: row.template,
    plan: row.plan,
    ve: row.ve,
    steps: row.steps.map((step) => ({
      name: step.name,
      label: step.label,
      status: step.status === 'undo_failed' ? 'undo-failed' : step.status,
      detail: step.detail,
      startedAt: step.startedAt?.toISOString() ?? null,
      endedAt: step.endedAt?.toISOString() ?? null,
    })),
    result: maySeeResult(viewer, row) ? row.result : null,
    problem: storedProblem(viewer, row.problem),
    cancelRequested: row.cancelRequestedAt !== null,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  }
}
