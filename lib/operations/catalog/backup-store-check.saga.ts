import { Problem } from '../../contract/problem.ts'
import { type Db, db } from '../../db/client.ts'
import { Prisma } from '../../db/generated/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { problemColumn } from '../problem-column.ts'
import type { Saga } from '../saga.ts'

type Seen = { freeBytes: number; totalBytes: number }

export const backupStoreCheckSaga: Saga<'backup-store-check'> = {
  steps: {
    look: {
      async do({ input, call }): Promise<Seen> {
        const { hostId, storeId: id, make } = input
        const store = await db().backupStore.findUnique({ where: { id } })
        if (!store) throw new Problem('not-found', 'This store is not there any more.')
        const params = { store: { id, path: store.path }, make }
        const { freeBytes, totalBytes } = await call(hostId, 'backup-store-look', params)
        return { freeBytes, totalBytes }
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded')
      return change(tx, input.storeId, { state: 'failed', problem: problemColumn(outcome.problem) })
    const { freeBytes, totalBytes } = outputs.look as Seen
    const sizes = { freeBytes: BigInt(freeBytes), totalBytes: BigInt(totalBytes), seenAt: new Date() }
    await change(tx, input.storeId, { state: 'ready', problem: Prisma.DbNull, ...sizes })
  },
}

/** One that is gone is no error. */
async function change(tx: Db, id: string, data: Prisma.BackupStoreUncheckedUpdateManyInput): Promise<void> {
  const [store] = await tx.backupStore.updateManyAndReturn({ where: { id }, data })
  if (store) await emitEvent(tx, { topic: 'host', id: store.hostId, accountId: store.accountId })
}
