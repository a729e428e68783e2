/** Backups whose operation ends before it began, and those whose operation is tried again. */
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import type { OperationInput } from '../operations/registry.ts'
import { settleUndeleted, settleUntaken } from './settle.ts'

type Asked = Pick<Operation, 'type' | 'input'>

const idOfInput = ({ input }: Asked) => (input as OperationInput<'ve-backup'>).backupId

const NOT_BEGUN = new Problem('cancelled', 'It was given up before it began.')

/** For an operation that ends without its saga. */
export async function dropBackupOf(tx: Db, operation: Asked): Promise<void> {
  if (operation.type !== 've-backup' && operation.type !== 've-backup-delete') return
  const row = await tx.backup.findUnique({ where: { id: idOfInput(operation) } })
  if (row?.state === 'creating') await settleUntaken(tx, row.id, NOT_BEGUN)
  if (row?.state === 'deleting') await settleUndeleted(tx, row.id, NOT_BEGUN)
}

const STATE_AGAIN = {
  've-backup': { from: 'failed', state: 'creating' },
  've-backup-delete': { from: 'ready', state: 'deleting' },
  've-backup-verify': { from: 'ready', state: 'ready' },
  've-backup-restore': { from: 'ready', state: 'ready' },
  've-recover': { from: 'ready', state: 'ready' },
} as const

/** Throws `conflict` when its backup is not what it was when it was asked for. */
export async function retryBackup(tx: Db, operation: Asked): Promise<void> {
  const again = STATE_AGAIN[operation.type as keyof typeof STATE_AGAIN]
  if (!again) return
  const where = { id: idOfInput(operation), state: again.from }
  const { count } = await tx.backup.updateMany({ where, data: { state: again.state } })
  if (count === 0) throw new Problem('conflict', 'The backup is not there as it was: ask for it anew.')
}
