/** When backups of a VE are taken by themselves. */
import { recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { type Db, db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { emitVeEvent } from '../operations/events.ts'
import { onVe } from '../ves/on-ve.ts'
import { wrong } from '../ves/privileges.ts'
import { nextAt } from './next-at.ts'
import type { BackupScheduleInput, BackupScheduleResource } from './resource.ts'

/** Null: none are taken. Throws `not-found`. */
export async function getBackupSchedule(
  viewer: Viewer,
  veId: string,
  on: Db = db(),
): Promise<BackupScheduleResource | null> {
  const where = { id: idOf('VE', veId), ...ownedBy(viewer, 've:read') }
  const ve = await on.ve.findFirst({ where, select: { backupSchedule: true } })
  if (!ve) throw notFound('VE')
  const row = ve.backupSchedule
  if (row === null) return null
  const { every, hour, weekday, keep } = row
  return {
    every,
    hour,
    weekday,
    keep,
    nextAt: row.nextAt.toISOString(),
    problem: storedProblem(viewer, row.problem),
  }
}

/** In the place of what it had. Throws `not-found`, `forbidden`, `ve-state-forbids`, `invalid-input`. */
export function setBackupSchedule(
  viewer: Viewer,
  veId: string,
  { every, hour, weekday, keep }: BackupScheduleInput,
  tx?: Db,
): Promise<BackupScheduleResource> {
  return onVe(viewer, veId, 've:backup', tx, async ({ on, ve, about }) => {
    if (ve.destroyedAt !== null) throw new Problem('ve-state-forbids', `${ve.name} is destroyed.`)
    if (every === 'week' && weekday === undefined) throw wrong('weekday', 'Choose a day of the week.')
    await refuseKeep(on, ve.hostId, keep)
    const rhythm = { every, hour, weekday: every === 'week' ? (weekday ?? null) : null }
    const data = { ...rhythm, keep, nextAt: nextAt(rhythm, new Date()), problem: Prisma.DbNull }
    const key = { veId: ve.id }
    await on.backupSchedule.upsert({ where: key, create: { ...key, ...data }, update: data })
    await recordAudit(on, {
      ...about,
      action: 'backup-schedule',
      subject: ve.name,
      details: { every, hour, keep },
    })
    await emitVeEvent(on, ve)
    return (await getBackupSchedule(viewer, ve.id, on)) as BackupScheduleResource
  })
}

/** Backups that it has taken stay. Throws `not-found`, `forbidden`. */
export function removeBackupSchedule(viewer: Viewer, veId: string, tx?: Db): Promise<void> {
  return onVe(viewer, veId, 've:backup', tx, async ({ on, ve, about }) => {
    const { count } = await on.backupSchedule.deleteMany({ where: { veId: ve.id } })
    if (count === 0) return
    await recordAudit(on, {
      ...about,
      action: 'backup-schedule',
      subject: ve.name,
      details: { removed: true },
    })
    await emitVeEvent(on, ve)
  })
}

/** The next is taken before the oldest goes. */
async function refuseKeep(on: Db, hostId: string, keep: number): Promise<void> {
  const store = await on.backupStore.findFirst({ where: { hostId }, orderBy: { name: 'asc' } })
  if (store && keep >= store.perVeMost)
    throw wrong('keep', `At most ${store.perVeMost - 1}: a VE may have ${store.perVeMost} backups there.`)
}
