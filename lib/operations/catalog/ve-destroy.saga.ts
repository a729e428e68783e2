import type { ObservedVe } from '../../contract/agent-protocol.ts'
import type { Db } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { dropKept } from '../../moves/kept.ts'
import type { Saga } from '../saga.ts'
import { loadVe, settleVe, veKeyOf } from './ve-subject.ts'

export const veDestroySaga: Saga<'ve-destroy'> = {
  steps: {
    destroy: {
      async do(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        return context.call(hostId, 've-destroy', veKeyOf(spec))
      },
    },
  },
  /** What is half removed cannot be brought back: it is "failed", and destroying can be tried again. */
  async settle(tx, outcome, { input }) {
    if (outcome.status !== 'succeeded') {
      const whole = outcome.begun ? null : await seenDown(tx, input.veId)
      const problem = outcome.status === 'cancelled' && whole ? undefined : outcome.problem
      return settleVe(tx, input.veId, { state: whole ?? 'failed', problem })
    }
    await tx.veAddress.updateMany({
      where: { veId: input.veId, releasedAt: null },
      data: { releasedAt: new Date() },
    })
    await tx.veInterface.updateMany({
      where: { veId: input.veId, removedAt: null },
      data: { removedAt: new Date() },
    })
    // They were beside it on its host.
    await tx.snapshot.deleteMany({ where: { veId: input.veId } })
    await tx.backupSchedule.deleteMany({ where: { veId: input.veId } })
    await dropKept(tx, input.veId)
    await settleVe(tx, input.veId, { state: 'destroyed' })
    await emitEvent(tx, { topic: 'addresses', id: null, accountId: null })
  },
}

async function seenDown(tx: Db, veId: string): Promise<'stopped' | 'hibernated' | null> {
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { observed: true } })
  const state = (ve?.observed as ObservedVe | null)?.state
  return state === 'stopped' || state === 'hibernated' ? state : null
}
