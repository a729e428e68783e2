/** Backups as pages and the API see them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { BACKUP_STATES, type BackupResource } from './resource.ts'
import type { BackupSettings } from './settings.ts'

const ofOneVe = {
  ...listQuery,
  sort: sortOf(['createdAt']),
  state: z.optional(z.enum(BACKUP_STATES)),
}

export const veBackupListQuery = z.object(ofOneVe)
export const backupListQuery = z.object({
  ...ofOneVe,
  veId: z.optional(z.uuid()),
  storeId: z.optional(z.uuid()),
})
export type BackupListQuery = z.infer<typeof backupListQuery>

const include = {
  ve: { select: { id: true, name: true, destroyedAt: true } },
  store: { select: { id: true, name: true, host: { select: { id: true, name: true } } } },
} as const satisfies Prisma.BackupInclude
type Row = Prisma.BackupGetPayload<{ include: typeof include }>

/** Newest first unless sorted otherwise. */
export async function listBackups(
  viewer: Viewer,
  query: BackupListQuery = {},
): Promise<Page<BackupResource>> {
  const set = keyset(query, '-createdAt')
  const page = keysetArguments(set)
  const where: Prisma.BackupWhereInput = {
    ...ownedBy(viewer, 've:read'),
    ...(query.state ? { state: query.state } : {}),
    ...(query.veId ? { veId: query.veId } : {}),
    ...(query.storeId ? { storeId: query.storeId } : {}),
    ...(query.q ? { ve: { name: { contains: query.q, mode: 'insensitive' } } } : {}),
  }
  const [rows, total] = await Promise.all([
    db().backup.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().backup.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map((row) => toResource(viewer, row)), next, total }
}

/** Of one VE, which may be destroyed. Throws `not-found` for one that the viewer does not see. */
export async function listVeBackups(
  viewer: Viewer,
  id: string,
  query: z.infer<typeof veBackupListQuery> = {},
): Promise<Page<BackupResource>> {
  const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
  const ve = await db().ve.findFirst({ where, select: { id: true } })
  if (!ve) throw notFound('VE')
  return listBackups(viewer, { ...query, veId: ve.id })
}

/** Throws `not-found`. */
export async function getBackup(viewer: Viewer, id: string, on: Db = db()): Promise<BackupResource> {
  const where = { id: idOf('backup', id), ...ownedBy(viewer, 've:read') }
  const row = await on.backup.findFirst({ where, include })
  if (!row) throw notFound('backup')
  return toResource(viewer, row)
}

const number = (value: bigint | null) => (value === null ? null : Number(value))

function toResource(viewer: Viewer, row: Row): BackupResource {
  const { hostname, addresses } = row.settings as BackupSettings
  return {
    id: row.id,
    ve: { id: row.ve.id, name: row.ve.name },
    destroyed: row.ve.destroyedAt !== null,
    store: { id: row.store.id, name: row.store.name },
    host: row.store.host,
    state: row.state,
    problem: storedProblem(viewer, row.problem),
    bytes: number(row.bytes),
    diskBytes: number(row.diskBytes),
    digest: row.digest,
    ...{ hostname, addresses },
    scheduled: row.scheduled,
    takenAt: row.takenAt?.toISOString() ?? null,
    verifiedAt: row.verifiedAt?.toISOString() ?? null,
    restoredAt: row.restoredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdByName,
  }
}
