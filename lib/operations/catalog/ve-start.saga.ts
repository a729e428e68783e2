import type { Saga } from '../saga.ts'
import { killIfThere, settleStart, startBySpec } from './ve-subject.ts'

export const veStartSaga: Saga<'ve-start'> = {
  steps: {
    start: { do: (context) => startBySpec(context, context.input.veId), undo: killIfThere },
  },
  settle: (tx, outcome, { input, outputs }) => settleStart(tx, input.veId, outcome, outputs.start),
}
