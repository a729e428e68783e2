import type { Saga } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { killIfThere, settleVe, startBySpec } from './ve-subject.ts'

export const veRestartSaga: Saga<'ve-restart'> = {
  steps: {
    halt: { do: askToHalt },
    wait: { do: awaitHalt },
    stop: { do: takeOff },
    start: { do: (context) => startBySpec(context, context.input.veId), undo: killIfThere },
  },
  /** What did not come to its stop counts as running, what did not start again as stopped. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'running', observed: outputs.start })
    const { problem } = outcome
    if (outcome.status === 'stuck') return settleVe(tx, input.veId, { state: 'failed', problem })
    if (outputs.stop === undefined)
      return settleVe(tx, input.veId, { state: 'running', problem, keepStart: true })
    await settleVe(tx, input.veId, { state: 'stopped', problem })
  },
}
