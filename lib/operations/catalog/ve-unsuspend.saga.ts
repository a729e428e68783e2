import type { Saga } from '../saga.ts'
import { killIfThere, loadVeRow, settleVe, startBySpec } from './ve-subject.ts'

const LIFTED = { suspendedAt: null, suspendReason: null, suspendNote: null, suspendedRunning: false }

export const veUnsuspendSaga: Saga<'ve-unsuspend'> = {
  steps: {
    start: {
      async do(context) {
        const { state, suspendedRunning } = await loadVeRow(context.input.veId)
        if (state !== 'stopped' || !suspendedRunning) return null
        return startBySpec(context, context.input.veId)
      },
      async undo(context) {
        const { state, suspendedRunning } = await loadVeRow(context.input.veId)
        if (state === 'stopped' && suspendedRunning) await killIfThere(context)
      },
    },
  },
  /** If it does not start it stays suspended: the lifting can be asked for again. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'stuck')
      return settleVe(tx, input.veId, { state: 'failed', problem: outcome.problem })
    if (outcome.status !== 'succeeded')
      return settleVe(tx, input.veId, { problem: outcome.problem, keepStart: true })
    const observed = outputs.start ?? undefined
    await settleVe(
      tx,
      input.veId,
      observed ? { state: 'running', observed } : { keepProblem: true, keepStart: true },
      LIFTED,
    )
  },
}
