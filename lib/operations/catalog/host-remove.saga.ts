import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import type { Saga } from '../saga.ts'

/** A host that does not answer within this is taken for gone. */
const PATIENCE_MS = 15_000

export const hostRemoveSaga: Saga<'host-remove'> = {
  steps: {
    forget: {
      async do({ input, hosts, key, log, signal }) {
        const ves = await db().ve.count({ where: { hostId: input.hostId, destroyedAt: null } })
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
  /** Destroyed VEs keep their rows as history only as long as their host is there. */
  async settle(tx, outcome, { input }) {
    if (outcome.status !== 'succeeded') return
    const host = await tx.host.findUnique({ where: { id: input.hostId } })
    if (!host) return
    const gone = { ve: { hostId: host.id } }
    await tx.veAddress.deleteMany({ where: gone })
    await tx.ve.deleteMany({ where: { hostId: host.id } })
    await tx.host.delete({ where: { id: host.id } })
    await emitEvent(tx, { topic: 'host', id: host.id, accountId: host.accountId })
  },
}
