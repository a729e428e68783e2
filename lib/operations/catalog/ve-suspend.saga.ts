import type { Db } from '../../db/client.ts'
import type { OperationInput } from '../registry.ts'
import type { Saga } from '../saga.ts'
import { askToHalt, awaitHalt, takeOff } from './ve-halt-subject.ts'
import { loadVe, settleVe } from './ve-subject.ts'

type Looked = { ran: boolean }

export const veSuspendSaga: Saga<'ve-suspend'> = {
  steps: {
    look: {
      async do({ input, call }): Promise<Looked> {
        const { hostId, spec } = await loadVe(input.veId)
        const { ves } = await call(hostId, 've-state', { veid: spec.veid }, String(Date.now()))
        return { ran: ves.some(({ uuid, state }) => uuid === spec.uuid && state === 'running') }
      },
    },
    halt: { do: askToHalt },
    wait: { do: awaitHalt },
    stop: { do: takeOff },
  },
  /** As with a stop that failed: it counts as running if it was, until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    const ran = (outputs.look as Looked | undefined)?.ran
    if (outcome.status === 'succeeded')
      return settleVe(
        tx,
        input.veId,
        { state: 'stopped', observed: outputs.stop },
        await suspension(tx, input, ran ?? false),
      )
    const state = ran === undefined ? undefined : ran ? 'running' : 'stopped'
    await settleVe(tx, input.veId, { state, problem: outcome.problem, keepStart: true })
  },
}

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
