import type { Saga } from '../saga.ts'
import { killIfThere, loadVe, settleVe } from './ve-subject.ts'

export const veStartSaga: Saga<'ve-start'> = {
  steps: {
    start: {
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        return context.call(hostId, 've-start', { spec })
      },
      undo: killIfThere,
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'running', observed: outputs.start })
    if (outcome.status === 'stuck')
      return settleVe(tx, input.veId, { state: 'failed', problem: outcome.problem })
    const problem = outcome.status === 'failed' ? outcome.problem : undefined
    await settleVe(tx, input.veId, { state: 'stopped', problem })
  },
}
