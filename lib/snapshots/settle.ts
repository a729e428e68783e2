/** What the end of an operation means for a snapshot's row. Each in the transaction that ends it; one that is gone is no error. */
import type { Problem } from '../contract/problem.ts'
import type { VeSnapshot } from '../contract/snapshots.ts'
import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { emitVeEvent } from '../operations/events.ts'
import { problemColumn } from '../operations/problem-column.ts'

/** What each takes by itself, and all of the VE together; without the latter it stays as it was told last. */
type Sized = { sizes: readonly { id: string; bytes: number | null }[]; heldBytes?: number | null }

const big = (bytes: number | null) => (bytes === null ? null : BigInt(bytes))

export async function settleTaken(tx: Db, snapshot: VeSnapshot, sized: Sized): Promise<void> {
  const { id, at, bytes } = snapshot
  await change(tx, id, {
    state: 'ready',
    problem: Prisma.DbNull,
    takenAt: new Date(at),
    bytes: big(bytes),
  })
  const { veId } = await tx.snapshot.findUniqueOrThrow({ where: { id }, select: { veId: true } })
  await writeSizes(tx, veId, sized)
}

export function settleUntaken(tx: Db, id: string, problem: Problem): Promise<void> {
  return change(tx, id, { state: 'failed', problem: problemColumn(problem) })
}

/** Those that were taken on top of it are then on top of what it was on. */
export async function settleDeleted(tx: Db, id: string, sized: Sized): Promise<void> {
  const gone = await tx.snapshot.findUnique({ where: { id }, include: { ve: true } })
  if (!gone) return
  await tx.snapshot.updateMany({ where: { parentId: id }, data: { parentId: gone.parentId } })
  await tx.snapshot.delete({ where: { id } })
  await writeSizes(tx, gone.veId, sized)
  await emitVeEvent(tx, gone.ve)
}

/** It is what it was before. */
export async function settleUndeleted(tx: Db, id: string, problem: Problem): Promise<void> {
  const row = await tx.snapshot.findUnique({ where: { id }, select: { takenAt: true } })
  if (!row) return
  await change(tx, id, {
    state: row.takenAt === null ? 'failed' : 'ready',
    problem: problemColumn(problem),
  })
}

export async function noteRollback(tx: Db, id: string, sized: Sized): Promise<void> {
  const row = await tx.snapshot.findUnique({ where: { id }, select: { veId: true } })
  if (!row) return
  await change(tx, id, { rolledBackAt: new Date() })
  await writeSizes(tx, row.veId, sized)
}

/** `path`: on its host; null: it is not mounted any more. */
export function noteMount(tx: Db, id: string, path: string | null): Promise<void> {
  return change(tx, id, { mountedAt: path })
}

async function writeSizes(tx: Db, veId: string, { sizes, heldBytes }: Sized): Promise<void> {
  for (const { id, bytes } of sizes)
    await tx.snapshot.updateMany({ where: { id, veId }, data: { bytes: big(bytes) } })
  if (heldBytes !== undefined) await tx.ve.update({ where: { id: veId }, data: { snapshotBytes: heldBytes } })
}

async function change(tx: Db, id: string, data: Prisma.SnapshotUncheckedUpdateManyInput): Promise<void> {
  const { count } = await tx.snapshot.updateMany({ where: { id }, data })
  if (count === 0) return
  const { ve } = await tx.snapshot.findUniqueOrThrow({ where: { id }, include: { ve: true } })
  await emitVeEvent(tx, ve)
}
