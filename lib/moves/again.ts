import { lockAllocation } from '../addresses/allocation-lock.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import { lockVe } from '../operations/ve-gate.ts'
import { refuseObstacles } from './obstacles.ts'

/** Before a move is tried again: room for the VE is kept anew. Throws `conflict`, and `move-impossible`. */
export async function retryMove(tx: Db, { type, input }: Pick<Operation, 'type' | 'input'>): Promise<void> {
  if (type !== 've-move') return
  const { veId, hostId } = input as { veId: string; hostId: string }
  await lockVe(tx, veId) // before the other, as who asks for a move does
  await lockAllocation(tx)
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { hostId: true, movingToId: true } })
  if (ve?.hostId === hostId) throw new Problem('conflict', 'It is on that host already.')
  if (ve?.movingToId) throw new Problem('conflict', 'It is being moved already.')
  await refuseObstacles(tx, veId, hostId)
  await tx.ve.updateMany({ where: { id: veId }, data: { movingToId: hostId } })
}
