import type { Saga } from '../saga.ts'
import { loadVe, settleVe, veKeyOf } from './ve-subject.ts'

export const veStopSaga: Saga<'ve-stop'> = {
  steps: {
    stop: {
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        const { timeoutSeconds } = context.input
        return context.call(hostId, 've-stop', { ...veKeyOf(spec), timeoutSeconds })
      },
    },
  },
  /** A stop that failed cannot be undone: the VE counts as running until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'stopped', observed: outputs.stop })
    const problem = outcome.status === 'cancelled' ? undefined : outcome.problem
    await settleVe(tx, input.veId, { state: 'running', problem, keepStart: true })
  },
}
