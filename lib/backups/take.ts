/** A backup is asked for, by a person or by the VE's schedule. */
import { Problem } from '../contract/problem.ts'
import { formatBytes } from '../contract/units.ts'
import type { Db } from '../db/client.ts'
import type { BackupStore, Prisma, Ve } from '../db/generated/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { emitVeEvent } from '../operations/events.ts'
import { wrong } from '../ves/privileges.ts'
import { settingsOf } from './settings.ts'

type Asked = {
  storeId?: string | undefined
  about: { actor: { userId: string | null; name: string }; accountId: string; veId: string; hostId: string }
  scheduled: boolean
}

/** The VE's row is locked. Throws as `backUpVe` does. */
export async function askForBackup(
  on: Db,
  ve: Ve,
  { storeId, about, scheduled }: Asked,
): Promise<{ backupId: string; operationId: string }> {
  if (ve.storage !== 'image')
    throw new Problem('capability-missing', `A VE on ${ve.storage} storage cannot be backed up yet.`)
  const store = await findStore(on, ve, storeId)
  await refuseTooMany(on, ve, store)
  const { id: backupId } = await on.backup.create({
    data: {
      ...{ veId: ve.id, accountId: ve.accountId, storeId: store.id, scheduled },
      settings: (await settingsOf(on, ve)) as unknown as Prisma.InputJsonObject,
      ...{ createdById: about.actor.userId, createdByName: about.actor.name },
    },
  })
  const { operationId } = await enqueueOperation(on, {
    type: 've-backup',
    input: { veId: ve.id, backupId },
    title: `Back up ${ve.name}`,
    ...about,
  })
  await emitVeEvent(on, ve)
  return { backupId, operationId }
}

async function findStore(on: Db, ve: Ve, storeId: string | undefined): Promise<BackupStore> {
  const where = { hostId: ve.hostId, ...(storeId ? { id: storeId } : { state: 'ready' as const }) }
  const store = await on.backupStore.findFirst({ where, orderBy: { name: 'asc' } })
  if (!store && storeId) throw wrong('storeId', 'There is no such store on the host of this VE.')
  if (!store)
    throw new Problem('conflict', `The host of ${ve.name} has no store of backups: the provider names one.`)
  if (store.state !== 'ready') throw new Problem('conflict', `The store ${store.name} cannot be used now.`)
  return store
}

async function refuseTooMany(on: Db, ve: Ve, store: BackupStore): Promise<void> {
  const there = { NOT: { state: 'failed' as const } }
  const own = await on.backup.findMany({
    where: { veId: ve.id, ...there },
    select: { state: true, storeId: true },
  })
  if (own.some(({ state }) => state === 'creating'))
    throw new Problem('conflict', `A backup of ${ve.name} is being taken already.`)
  const count = own.filter(({ storeId }) => storeId === store.id).length
  if (count >= store.perVeMost)
    throw new Problem(
      'too-many-backups',
      `${ve.name} has ${count} backups; a VE may have ${store.perVeMost} there.`,
    )
  if (store.bytesMost === null) return
  const where = { accountId: ve.accountId, storeId: store.id, ...there }
  const { _sum } = await on.backup.aggregate({ where, _sum: { bytes: true } })
  if ((_sum.bytes ?? 0n) >= store.bytesMost)
    throw new Problem(
      'too-many-backups',
      `The backups of this account take ${formatBytes(Number(_sum.bytes))}; they may take ${formatBytes(Number(store.bytesMost))} there.`,
    )
}
