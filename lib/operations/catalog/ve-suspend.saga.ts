import type { Db } from '../../db/client.ts'
import type { OperationInput } from '../registry.ts'
import type { Saga, SagaContext } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { observe, settleVe } from './ve-subject.ts'

/** `hibernated`: its memory is kept, so nothing is taken off. */
type Looked = { ran: boolean; hibernated: boolean }

export const veSuspendSaga: Saga<'ve-suspend'> = {
  steps: {
    look: {
      async do({ input, call }): Promise<Looked> {
        const seen = await observe({ input, call }, input.veId)
        return { ran: seen?.state === 'running', hibernated: seen?.state === 'hibernated' }
      },
    },
    halt: {
      do: async (context) => (isHibernated(context) ? { asked: false, at: Date.now() } : askToHalt(context)),
    },
    wait: { do: awaitHalt },
    stop: { do: async (context) => (isHibernated(context) ? null : takeOff(context)) },
  },
  /** As with a stop that failed: it counts as running if it was, until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    const { ran, hibernated } = (outputs.look as Looked | undefined) ?? {}
    if (outcome.status === 'succeeded')
      return settleVe(
        tx,
        input.veId,
        { state: hibernated ? 'hibernated' : 'stopped', observed: outputs.stop },
        await suspension(tx, input, ran ?? false),
      )
    const down = hibernated ? 'hibernated' : 'stopped'
    const state = ran === undefined ? undefined : ran ? 'running' : down
    await settleVe(tx, input.veId, { state, problem: outcome.problem, keepStart: true })
  },
}

const isHibernated = ({ outputs }: Pick<SagaContext<'ve-suspend'>, 'outputs'>) =>
  (outputs.look as Looked).hibernated

/** With another reason it is still as long suspended, and ran or not when that began. */
async function suspension(tx: Db, input: OperationInput<'ve-suspend'>, ran: boolean) {
  const before = await tx.ve.findUnique({
    where: { id: input.veId },
    select: { suspendedAt: true, suspendedRunning: true },
  })
  return {
    suspendedAt: before?.suspendedAt ?? new Date(),
    suspendReason: input.reason,
    suspendNote: input.note,
    suspendedRunning: ran || (before?.suspendedAt ? before.suspendedRunning : false),
  }
}
