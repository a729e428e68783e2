import { type CarriedOut, carryOut, judge } from '../../fleet/carry-out.ts'
import { enterMaintenance } from '../../hosts/maintenance.ts'
import { callOffParts } from '../parts.ts'
import type { Saga } from '../saga.ts'

export const hostEvacuateSaga: Saga<'host-evacuate'> = {
  steps: {
    close: {
      /** Asked for again after a failure it may have left maintenance since. */
      async begin(tx, { input }) {
        const host = await tx.host.findUnique({ where: { id: input.hostId } })
        if (host) await enterMaintenance(tx, host)
      },
      do: async () => {},
    },
    // Without an undo: what has moved stays where it is, and moves under way go on to their own end.
    move: { do: carryOut },
    judge: {
      async do({ input, outputs }) {
        judge(outputs.move as CarriedOut, input.moves.length)
      },
    },
  },
  async settle(tx, outcome, { operationId }) {
    if (outcome.status !== 'succeeded') await callOffParts(tx, operationId)
  },
  result: ({ outputs }) => outputs.move,
}
