/** The audit log as pages and the API see it. */
import * as z from 'zod/mini'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { db } from '../db/client.ts'
import type { AuditEvent, Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { AUDIT_ACTIONS, type AuditAction } from './actions.ts'
import type { AuditEventResource, AuditPage } from './resource.ts'

const { cursor, limit } = listQuery
export const auditListQuery = z.object({
  cursor,
  limit,
  sort: sortOf(['at']),
  action: z.optional(z.enum(AUDIT_ACTIONS)),
  veId: z.optional(z.uuid()),
  hostId: z.optional(z.uuid()),
  actorId: z.optional(z.string().check(z.maxLength(100))),
})
export type AuditListQuery = z.infer<typeof auditListQuery>

/** Newest first unless sorted otherwise. Throws `forbidden`. */
export async function listAudit(viewer: Viewer, query: AuditListQuery = {}): Promise<AuditPage> {
  const set = keyset(query, '-at')
  const page = keysetArguments(set)
  const { action, veId, hostId, actorId } = query
  const where: Prisma.AuditEventWhereInput = {
    ...ownedBy(viewer, 'audit:read'),
    ...(action ? { action } : {}),
    ...(veId ? { veId } : {}),
    ...(hostId ? { hostId } : {}),
    ...(actorId ? { actorId } : {}),
  }
  const rows = await db().auditEvent.findMany({ ...page, where: { AND: [where, page.where] } })
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map(toResource), next }
}

function toResource({ accountId: _, ...row }: AuditEvent): AuditEventResource {
  return {
    ...row,
    at: row.at.toISOString(),
    action: row.action as AuditAction,
    details: row.details as Record<string, unknown>,
  }
}
