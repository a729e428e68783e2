import { settleDeleted, settleUndeleted } from '../../snapshots/settle.ts'
import type { Saga } from '../saga.ts'
import { type Sized, sizesOf } from './ve-snapshot-subject.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

export const veSnapshotDeleteSaga: Saga<'ve-snapshot-delete'> = {
  steps: {
    delete: {
      async do(context): Promise<Sized> {
        const { veId, snapshotId } = context.input
        const { hostId, spec } = await loadVe(veId)
        await context.call(hostId, 've-snapshot-delete', { ...veKeyOf(spec), snapshot: snapshotId })
        return sizesOf(context)
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded') await settleDeleted(tx, input.snapshotId, outputs.delete as Sized)
    else await settleUndeleted(tx, input.snapshotId, outcome.problem)
  },
}
