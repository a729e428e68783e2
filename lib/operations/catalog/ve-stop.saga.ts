import type { Saga } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { settleVe } from './ve-subject.ts'

export const veStopSaga: Saga<'ve-stop'> = {
  steps: {
    halt: { do: askToHalt },
    wait: { do: awaitHalt },
    stop: { do: takeOff },
  },
  /** A stop that failed cannot be undone: the VE counts as running until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'stopped', observed: outputs.stop })
    const problem = outcome.status === 'cancelled' ? undefined : outcome.problem
    await settleVe(tx, input.veId, { state: 'running', problem, keepStart: true })
  },
}
