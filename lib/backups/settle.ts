/** What the end of an operation means for a backup's row. Each in the transaction that ends it; one that is gone is no error. */
import type { VeBackup } from '../contract/backups.ts'
import type { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { emitVeEvent } from '../operations/events.ts'
import { problemColumn } from '../operations/problem-column.ts'

export async function settleTaken(tx: Db, { id, at, bytes, diskBytes, digest }: VeBackup): Promise<void> {
  const sizes = { bytes: BigInt(bytes), diskBytes: BigInt(diskBytes), digest }
  await change(tx, id, { state: 'ready', problem: Prisma.DbNull, takenAt: new Date(at), ...sizes })
}

export const settleUntaken = (tx: Db, id: string, problem: Problem): Promise<void> =>
  change(tx, id, { state: 'failed', problem: problemColumn(problem) })

export async function settleDeleted(tx: Db, id: string): Promise<void> {
  const gone = await tx.backup.findUnique({ where: { id }, include: { ve: true } })
  if (!gone) return
  await tx.backup.delete({ where: { id } })
  await emitVeEvent(tx, gone.ve)
}

/** It is what it was before. */
export async function settleUndeleted(tx: Db, id: string, problem: Problem): Promise<void> {
  const row = await tx.backup.findUnique({ where: { id }, select: { takenAt: true } })
  if (!row) return
  await change(tx, id, { state: row.takenAt === null ? 'failed' : 'ready', problem: problemColumn(problem) })
}

/** `problem`: null when it is what was written. */
export const settleVerified = (tx: Db, id: string, problem: Problem | null): Promise<void> =>
  change(
    tx,
    id,
    problem ? { problem: problemColumn(problem) } : { problem: Prisma.DbNull, verifiedAt: new Date() },
  )

export const noteRestored = (tx: Db, id: string): Promise<void> => change(tx, id, { restoredAt: new Date() })

async function change(tx: Db, id: string, data: Prisma.BackupUncheckedUpdateManyInput): Promise<void> {
  const { count } = await tx.backup.updateMany({ where: { id }, data })
  if (count === 0) return
  const { ve } = await tx.backup.findUniqueOrThrow({ where: { id }, include: { ve: true } })
  await emitVeEvent(tx, ve)
}
