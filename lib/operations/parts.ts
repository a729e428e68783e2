/** An operation that asks for others as parts of itself: in whose name, until when, and what becomes of those that wait when it ends. */
import { loadViewer } from '../auth/load-viewer.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { cancelOperation } from './control.ts'

/** Who asked for it, with the rights of now. Throws `forbidden` when that person is gone. */
export async function askerOf(on: Db, operationId: string): Promise<Viewer> {
  const { actorId } = await on.operation.findUniqueOrThrow({
    where: { id: operationId },
    select: { actorId: true },
  })
  const viewer = actorId === null ? null : await loadViewer(actorId, { via: 'session' }, on)
  if (!viewer) throw new Problem('forbidden', 'Whoever asked for it is no user any more.')
  return viewer
}

/** Locked until the transaction ends: a worker that lost the operation asks for nothing more once it has ended. */
export async function refuseEnded(tx: Db, operationId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM operation WHERE id = ${operationId}::uuid FOR NO KEY UPDATE`
  const { status, cancelRequestedAt } = await tx.operation.findUniqueOrThrow({ where: { id: operationId } })
  if (status !== 'running' || cancelRequestedAt) throw new Problem('cancelled', 'It was cancelled.')
}

/** Parts that wait are cancelled; those under way go on to their own end. */
export async function callOffParts(tx: Db, parentId: string): Promise<void> {
  const waiting = await tx.operation.findMany({
    where: { parentId, status: 'queued' },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  for (const { id } of waiting) await cancelOperation(tx, id)
}
