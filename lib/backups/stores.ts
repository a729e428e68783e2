/** Where backups go: directories that the provider names on hosts. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy, ownedOrOffered } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import { canAtProvider, forbidden, providerAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { BackupStore, Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { wrong } from '../ves/privileges.ts'
import { type BackupStoreCreateInput, type BackupStoreResource, PER_VE_DEFAULT } from './resource.ts'

export const backupStoreListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'createdAt']),
  hostId: z.optional(z.uuid()),
})
export type BackupStoreListQuery = z.infer<typeof backupStoreListQuery>

const include = {
  host: { select: { id: true, name: true } },
  _count: { select: { backups: true } },
} as const satisfies Prisma.BackupStoreInclude
type Row = Prisma.BackupStoreGetPayload<{ include: typeof include }>

/** By name unless sorted otherwise: also those that whoever is above the viewer offers. */
export async function listBackupStores(
  viewer: Viewer,
  query: BackupStoreListQuery = {},
): Promise<Page<BackupStoreResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.BackupStoreWhereInput = {
    ...ownedOrOffered(viewer, 've:read'),
    ...(query.hostId ? { hostId: query.hostId } : {}),
    ...(query.q ? { name: { contains: query.q, mode: 'insensitive' } } : {}),
  }
  const [rows, total] = await Promise.all([
    db().backupStore.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().backupStore.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  return { items: shown.map((row) => toResource(viewer, row)), next, total }
}

/** Throws `not-found`. */
export async function getBackupStore(
  viewer: Viewer,
  id: string,
  on: Db = db(),
): Promise<BackupStoreResource> {
  const where = { id: idOf('backup store', id), ...ownedOrOffered(viewer, 've:read') }
  const row = await on.backupStore.findFirst({ where, include })
  if (!row) throw notFound('backup store')
  return toResource(viewer, row)
}

type Started = { operationId: string }

/** Its host is asked for it: usable once that has succeeded. Throws `forbidden`; `invalid-input` with the field. */
export function createBackupStore(
  viewer: Viewer,
  input: BackupStoreCreateInput,
  tx?: Db,
): Promise<Started & { store: BackupStoreResource }> {
  return within(tx, async (on) => {
    const accountId = manager(viewer)
    const { name, hostId, path, perVeMost = PER_VE_DEFAULT, bytesMost = null } = input
    const host = await on.host.findFirst({ where: { id: hostId, ...ownedBy(viewer, 'host:read') } })
    if (!host) throw wrong('hostId', 'There is no host with this id.')
    if ((await on.backupStore.count({ where: { name: { equals: name, mode: 'insensitive' } } })) > 0)
      throw wrong('name', 'Another store has this name.')
    if ((await on.backupStore.count({ where: { hostId, path } })) > 0)
      throw wrong('path', 'This directory is a store already.')
    const data = {
      accountId,
      hostId,
      name,
      path,
      perVeMost,
      bytesMost: bytesMost === null ? null : BigInt(bytesMost),
    }
    const store = await on.backupStore.create({ data })
    const { operationId } = await check(on, viewer, store)
    return { store: await getBackupStore(viewer, store.id, on), operationId }
  })
}

/** Looks at it again: whether it is there, and what is free. Throws `forbidden`, `not-found`. */
export function checkBackupStore(viewer: Viewer, id: string, tx?: Db): Promise<Started> {
  return within(tx, async (on) => check(on, viewer, await managed(on, viewer, id)))
}

/** The directory stays on its host as it is. Throws `forbidden`, `not-found`, `conflict` while there are backups in it. */
export function removeBackupStore(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return within(tx, async (on) => {
    const store = await managed(on, viewer, id)
    const count = await on.backup.count({ where: { storeId: store.id } })
    if (count > 0)
      throw new Problem(
        'conflict',
        `${store.name} holds ${count} ${count === 1 ? 'backup' : 'backups'}: delete them first.`,
      )
    await on.backupStore.delete({ where: { id: store.id } })
    await emitEvent(on, { topic: 'host', id: store.hostId, accountId: store.accountId })
  })
}

function manager(viewer: Viewer): string {
  if (!canAtProvider(viewer, 'host:manage')) throw forbidden('host:manage')
  return providerAccount(viewer, 'host:manage')
}

async function managed(on: Db, viewer: Viewer, id: string): Promise<BackupStore> {
  manager(viewer)
  const store = await on.backupStore.findFirst({
    where: { id: idOf('backup store', id), ...ownedBy(viewer, 'host:read') },
  })
  if (!store) throw notFound('backup store')
  return store
}

async function check(on: Db, viewer: Viewer, store: BackupStore): Promise<Started> {
  await on.backupStore.update({ where: { id: store.id }, data: { state: 'checking' } })
  await emitEvent(on, { topic: 'host', id: store.hostId, accountId: store.accountId })
  return enqueueOperation(on, {
    type: 'backup-store-check',
    input: { hostId: store.hostId, storeId: store.id, make: store.seenAt === null },
    title: `Check the store ${store.name}`,
    actor: actorOf(viewer),
    accountId: store.accountId,
    hostId: store.hostId,
  })
}

const number = (value: bigint | null) => (value === null ? null : Number(value))

function toResource(viewer: Viewer, row: Row): BackupStoreResource {
  const { id, name, host, state, perVeMost, _count } = row
  const runsHosts = canAtProvider(viewer, 'host:read')
  return {
    ...{ id, name, host, state, perVeMost, backups: runsHosts ? _count.backups : 0 },
    path: runsHosts ? row.path : null,
    problem: storedProblem(viewer, row.problem),
    freeBytes: runsHosts ? number(row.freeBytes) : null,
    totalBytes: runsHosts ? number(row.totalBytes) : null,
    seenAt: row.seenAt?.toISOString() ?? null,
    bytesMost: number(row.bytesMost),
    createdAt: row.createdAt.toISOString(),
  }
}
