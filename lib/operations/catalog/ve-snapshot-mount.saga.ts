import type { VeSnapshot } from '../../contract/snapshots.ts'
import { noteMount } from '../../snapshots/settle.ts'
import type { Saga } from '../saga.ts'
import { mountCall } from './ve-snapshot-subject.ts'

export const veSnapshotMountSaga: Saga<'ve-snapshot-mount'> = {
  steps: {
    mount: {
      do: (context) => mountCall(context, 've-snapshot-mount'),
      async undo(context) {
        await mountCall(context, 've-snapshot-unmount')
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded') return
    await noteMount(tx, input.snapshotId, (outputs.mount as VeSnapshot).mountedAt)
  },
  result: ({ outputs }) => ({ path: (outputs.mount as VeSnapshot).mountedAt }),
}
