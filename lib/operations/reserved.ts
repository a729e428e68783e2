import { dropBackupOf } from '../backups/again.ts'
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import { dropSnapshotOf } from '../snapshots/again.ts'
import { dropReserved } from '../ves/write-change.ts'
import type { OperationInput } from './registry.ts'

/**
 * For an operation that ends without its saga: lets go of what was reserved for it: addresses, interfaces, a snapshot's place,
 * room on the host that a VE was to move to.
 */
export async function dropReservedBy(tx: Db, operation: Pick<Operation, 'type' | 'input'>): Promise<void> {
  await dropSnapshotOf(tx, operation)
  await dropBackupOf(tx, operation)
  if (operation.type === 've-move') {
    const { veId, hostId } = operation.input as OperationInput<'ve-move'>
    await tx.ve.updateMany({ where: { id: veId, movingToId: hostId }, data: { movingToId: null } })
  }
  if (operation.type !== 've-configure') return
  await dropReserved(tx, (operation.input as OperationInput<'ve-configure'>).change)
}
