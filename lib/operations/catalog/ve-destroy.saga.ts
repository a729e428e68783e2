import { emitEvent } from '../../events/emit.ts'
import type { Saga } from '../saga.ts'
import { loadVe, settleVe } from './ve-subject.ts'

export const veDestroySaga: Saga<'ve-destroy'> = {
  steps: {
    destroy: {
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        return context.call(hostId, 've-destroy', { veid: spec.veid, epoch: spec.epoch })
      },
    },
  },
  /** What is half removed cannot be brought back: it is "failed", and destroying can be tried again. */
  async settle(tx, outcome, { input }) {
    if (outcome.status !== 'succeeded')
      return settleVe(tx, input.veId, { state: 'failed', problem: outcome.problem })
    await tx.veAddress.updateMany({
      where: { veId: input.veId, releasedAt: null },
      data: { releasedAt: new Date() },
    })
    await settleVe(tx, input.veId, { state: 'destroyed' })
    await emitEvent(tx, { topic: 'addresses', id: null, accountId: null })
  },
}
