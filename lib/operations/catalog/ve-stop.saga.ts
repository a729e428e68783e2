import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { Db } from '../../db/client.ts'
import type { Saga, SagaContext } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { observe, settleVe } from './ve-subject.ts'

export const veStopSaga: Saga<'ve-stop'> = {
  steps: {
    halt: {
      async do(context) {
        await refuseUnasked(context)
        return askToHalt(context)
      },
    },
    wait: { do: awaitHalt },
    stop: { do: takeOff },
  },
  /** A stop that failed cannot be undone: the VE counts as what it was until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'stopped', observed: outputs.stop })
    const problem = outcome.status === 'cancelled' ? undefined : outcome.problem
    const state = (await wasHibernated(tx, input.veId)) ? 'hibernated' : 'running'
    await settleVe(tx, input.veId, { state, problem, keepStart: true })
  },
}

/** It may have been hibernated since the stop was asked for. */
async function refuseUnasked(context: SagaContext<'ve-stop'>): Promise<void> {
  if (context.input.discardMemory) return
  const seen = await observe(context, context.input.veId)
  if (seen?.state === 'hibernated')
    throw new Problem(
      've-state-forbids',
      'It is hibernated: a stop would throw its memory away, and that was not asked for.',
    )
}

async function wasHibernated(tx: Db, veId: string): Promise<boolean> {
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { observed: true } })
  return (ve?.observed as ObservedVe | null)?.state === 'hibernated'
}
