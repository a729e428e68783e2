import type { VeSnapshot } from '../../contract/snapshots.ts'
import { snapshotRoomOf } from '../../snapshots/room.ts'
import { settleTaken, settleUntaken } from '../../snapshots/settle.ts'
import type { Saga } from '../saga.ts'
import { type Sized, sizesOf } from './ve-snapshot-subject.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

type Taken = Sized & { snapshot: VeSnapshot }

export const veSnapshotCreateSaga: Saga<'ve-snapshot-create'> = {
  steps: {
    create: {
      async do(context): Promise<Taken> {
        const { veId, snapshotId, memory, beyondReserve = false } = context.input
        const { hostId, spec } = await loadVe(veId)
        const room = snapshotRoomOf(spec.limits, beyondReserve)
        const params = { ...veKeyOf(spec), snapshot: snapshotId, memory, room }
        const { snapshot } = await context.call(hostId, 've-snapshot-create', params)
        return { snapshot, ...(await sizesOf(context)) }
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
    const { snapshot, ...sized } = outputs.create as Taken
    await settleTaken(tx, snapshot, sized)
  },
}
