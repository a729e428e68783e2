import { noteRestored } from '../../backups/settle.ts'
import type { Saga } from '../saga.ts'
import { loadTaken } from './ve-backup-subject.ts'
import { killIfThere, loadVe, settleVe, startBySpec, textDigest, veKeyOf } from './ve-subject.ts'

export const veRecoverSaga: Saga<'ve-recover'> = {
  steps: {
    restore: {
      async do({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        const { named, digest } = await loadTaken(input.backupId)
        return call(hostId, 've-backup-restore', { spec, ...named, digest }, textDigest(spec))
      },
      /** With the next epoch, which `settle` writes down: a request of this that is still on its way is refused. */
      async undo({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        await call(hostId, 've-destroy', { ...veKeyOf(spec), epoch: spec.epoch + 1, kill: true })
      },
    },
    start: {
      do: async (context) => (context.input.start ? startBySpec(context, context.input.veId) : null),
      async undo(context) {
        if (context.input.start) await killIfThere(context)
      },
    },
  },
  /** One that failed leaves its row, so that one sees why and can try again or destroy it. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded')
      return settleVe(tx, input.veId, { state: 'failed', problem: outcome.problem, raiseEpoch: true })
    await noteRestored(tx, input.backupId)
    const state = input.start ? 'running' : 'stopped'
    await settleVe(tx, input.veId, { state, observed: outputs.start ?? outputs.restore })
  },
}
