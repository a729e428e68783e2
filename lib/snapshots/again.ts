/** Snapshots whose operation ends before it began, and those whose operation is tried again. */
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import type { OperationInput } from '../operations/registry.ts'
import { settleUndeleted, settleUntaken } from './settle.ts'

type Asked = Pick<Operation, 'type' | 'input'>

const idOfInput = ({ input }: Asked) => (input as OperationInput<'ve-snapshot-delete'>).snapshotId

const NOT_BEGUN = new Problem('cancelled', 'It was given up before it began.')

/** For an operation that ends without its saga. */
export async function dropSnapshotOf(tx: Db, operation: Asked): Promise<void> {
  if (operation.type !== 've-snapshot-create' && operation.type !== 've-snapshot-delete') return
  const row = await tx.snapshot.findUnique({ where: { id: idOfInput(operation) } })
  if (row?.state === 'creating') await settleUntaken(tx, row.id, NOT_BEGUN)
  if (row?.state === 'deleting') await settleUndeleted(tx, row.id, NOT_BEGUN)
}

const STATE_AGAIN = {
  've-snapshot-create': { from: 'failed', state: 'creating' },
  've-snapshot-delete': { from: 'ready', state: 'deleting' },
  've-snapshot-rollback': { from: 'ready', state: 'ready' },
  've-snapshot-mount': { from: 'ready', state: 'ready' },
  've-snapshot-unmount': { from: 'ready', state: 'ready' },
} as const

/** Throws `conflict` when its snapshot is not what it was when it was asked for. */
export async function retrySnapshot(tx: Db, operation: Asked): Promise<void> {
  const again = STATE_AGAIN[operation.type as keyof typeof STATE_AGAIN]
  if (!again) return
  const where = { id: idOfInput(operation), state: again.from }
  const { count } = await tx.snapshot.updateMany({ where, data: { state: again.state } })
  if (count === 0) throw new Problem('conflict', 'The snapshot is not there as it was: ask for it anew.')
}
