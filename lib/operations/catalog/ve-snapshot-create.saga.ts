import type { VeSnapshot } from '../../contract/snapshots.ts'
import { settleTaken, settleUntaken } from '../../snapshots/settle.ts'
import type { Saga } from '../saga.ts'
import { type Sized, sizesOf } from './ve-snapshot-subject.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

type Taken = Sized & { snapshot: VeSnapshot }

export const veSnapshotCreateSaga: Saga<'ve-snapshot-create'> = {
  steps: {
    create: {
      async do(context): Promise<Taken> {
        const { veId, snapshotId, memory } = context.input
        const { hostId, spec } = await loadVe(veId)
        const params = { ...veKeyOf(spec), snapshot: snapshotId, memory }
        const { snapshot } = await context.call(hostId, 've-snapshot-create', params)
        return { snapshot, sizes: await sizesOf(context) }
      },
      async undo({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        await call(hostId, 've-snapshot-delete', { ...veKeyOf(spec), snapshot: input.snapshotId })
      },
    },
  },
  /** The VE is in the state it was in. What failed stays in the list, with the reason, until it is deleted. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded') return settleUntaken(tx, input.snapshotId, outcome.problem)
    const { snapshot, sizes } = outputs.create as Taken
    await settleTaken(tx, snapshot, sizes)
  },
}
