/** Asks for the backups that are due by their VE's schedule, and for the removal of those that it keeps no longer. */

import { nextAt } from '../../backups/next-at.ts'
import { askForBackup } from '../../backups/take.ts'
import { Problem } from '../../contract/problem.ts'
import { type Db, db, transaction } from '../../db/client.ts'
import { type BackupSchedule, Prisma } from '../../db/generated/client.ts'
import { BY_ITSELF } from '../../operations/by-itself.ts'
import { enqueueOperation } from '../../operations/enqueue.ts'
import { problemColumn } from '../../operations/problem-column.ts'
import type { Reconciler } from './reconciler.ts'

const AT_ONCE = 20
/** Of those that failed: so that one sees that they do. */
const FAILED_KEPT = 2

export const backupSchedules: Reconciler = {
  name: 'backup-schedules',
  everyMs: 30_000,
  async run() {
    const due = await db().backupSchedule.findMany({
      where: { nextAt: { lte: new Date() } },
      orderBy: { nextAt: 'asc' },
      take: AT_ONCE,
    })
    for (const { veId } of due) await takeOne(veId)
    const scheduled = await db().$queryRaw<{ veId: string }[]>`
      SELECT b.ve_id AS "veId" FROM backup b JOIN backup_schedule s ON s.ve_id = b.ve_id
      WHERE b.scheduled AND b.state IN ('ready', 'failed')
      GROUP BY b.ve_id, s.keep
      HAVING count(*) FILTER (WHERE b.state = 'ready') > s.keep
        OR count(*) FILTER (WHERE b.state = 'failed') > ${FAILED_KEPT} LIMIT ${AT_ONCE}`
    for (const { veId } of scheduled) await transaction((tx) => retain(tx, veId))
  },
}

/** Why it was not asked for is written down apart: what was begun of it is taken back. */
async function takeOne(veId: string): Promise<void> {
  try {
    await transaction(async (tx) => {
      const schedule = await lockDue(tx, veId)
      if (schedule) await ask(tx, schedule)
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    await transaction(async (tx) => {
      const schedule = await lockDue(tx, veId)
      if (schedule) await goOn(tx, schedule, problemColumn(error))
    })
  }
}

/** Null when another worker was faster, or it is not wanted any more. */
async function lockDue(tx: Db, veId: string): Promise<BackupSchedule | null> {
  await tx.$executeRaw`SELECT 1 FROM ve WHERE id = ${veId}::uuid FOR NO KEY UPDATE`
  return tx.backupSchedule.findFirst({ where: { veId, nextAt: { lte: new Date() } } })
}

async function ask(tx: Db, schedule: BackupSchedule): Promise<void> {
  const ve = await tx.ve.findUniqueOrThrow({ where: { id: schedule.veId } })
  if (ve.destroyedAt !== null) {
    await tx.backupSchedule.delete({ where: { veId: ve.id } })
    return
  }
  const about = { actor: BY_ITSELF, accountId: ve.accountId, veId: ve.id, hostId: ve.hostId }
  await askForBackup(tx, ve, { about, scheduled: true })
  await goOn(tx, schedule, Prisma.DbNull)
}

/** What was missed while no worker ran is taken once, not once for each day. */
async function goOn(
  tx: Db,
  schedule: BackupSchedule,
  problem: Prisma.BackupScheduleUpdateInput['problem'] & {},
): Promise<void> {
  const data = { nextAt: nextAt(schedule, new Date()), problem }
  await tx.backupSchedule.update({ where: { veId: schedule.veId }, data })
}

async function retain(tx: Db, veId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM ve WHERE id = ${veId}::uuid FOR NO KEY UPDATE`
  const schedule = await tx.backupSchedule.findUnique({ where: { veId } })
  if (!schedule) return
  const beyond = async (state: 'ready' | 'failed', skip: number) =>
    tx.backup.findMany({
      where: { veId, scheduled: true, state },
      orderBy: { createdAt: 'desc' },
      skip,
      include: { ve: true, store: true },
    })
  const old = [...(await beyond('ready', schedule.keep)), ...(await beyond('failed', FAILED_KEPT))]
  for (const { id, ve, store } of old) {
    await tx.backup.update({ where: { id }, data: { state: 'deleting' } })
    await enqueueOperation(tx, {
      type: 've-backup-delete',
      input: { veId, backupId: id },
      title: `Delete an old backup of ${ve.name}`,
      actor: BY_ITSELF,
      ...{ accountId: ve.accountId, veId, hostId: store.hostId },
    })
  }
}
