import { noteMount } from '../../snapshots/settle.ts'
import type { Saga } from '../saga.ts'
import { mountCall } from './ve-snapshot-subject.ts'

export const veSnapshotUnmountSaga: Saga<'ve-snapshot-unmount'> = {
  steps: {
    unmount: { do: (context) => mountCall(context, 've-snapshot-unmount') },
  },
  async settle(tx, outcome, { input }) {
    if (outcome.status === 'succeeded') await noteMount(tx, input.snapshotId, null)
  },
}
