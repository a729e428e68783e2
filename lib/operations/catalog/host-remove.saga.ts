import { heldByHost } from '../../backups/held-by-host.ts'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { forgetDestroyedVes } from '../../ves/forget.ts'
import { problemColumn } from '../problem-column.ts'
import type { Saga } from '../saga.ts'
import { updateHost } from './host-subject.ts'

/** A host that does not answer within this is taken for gone. */
const PATIENCE_MS = 15_000

const PLACED_MEANWHILE = new Problem(
  'conflict',
  'A VE was placed on it while it was being removed, so it stays. Enrol it again to go on with it.',
)

export const hostRemoveSaga: Saga<'host-remove'> = {
  steps: {
    forget: {
      async do({ input, hosts, key, log, signal }) {
        const ves = await db().ve.count({
          where: { OR: [{ hostId: input.hostId }, { movingToId: input.hostId }], destroyedAt: null },
        })
        if (ves > 0) throw new Problem('conflict', `The host still holds ${ves} VE${ves === 1 ? '' : 's'}.`)
        try {
          const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
          await hosts.leave(input.hostId, key, patience)
        } catch (error) {
          if (signal.aborted) throw error
          log(`The panel’s key stays on the host, which could not be reached: ${Problem.from(error).detail}`)
        }
        hosts.forget(input.hostId)
      },
    },
  },
  /**
   * Destroyed VEs keep their rows only as long as their host is there. A VE that was placed on it meanwhile
   * keeps its row, and the host too: the row's lock makes that creation and this see each other.
   */
  async settle(tx, outcome, { input }) {
    if (outcome.status !== 'succeeded') return
    await tx.$queryRaw`SELECT 1 FROM host WHERE id = ${input.hostId}::uuid FOR UPDATE`
    const host = await tx.host.findUnique({ where: { id: input.hostId } })
    if (!host) return
    const ves = await tx.ve.count({
      where: { OR: [{ hostId: host.id }, { movingToId: host.id }], destroyedAt: null },
    })
    if (ves > 0)
      return updateHost(tx, host.id, { status: 'failed', problem: problemColumn(PLACED_MEANWHILE) })
    const held = await heldByHost(tx, host.id)
    if (held !== null) {
      const problem = problemColumn(new Problem('conflict', held))
      return updateHost(tx, host.id, { status: 'failed', problem })
    }
    await forgetDestroyedVes(tx, { hostId: host.id })
    await tx.host.delete({ where: { id: host.id } })
    await emitEvent(tx, { topic: 'host', id: host.id, accountId: host.accountId })
  },
}
