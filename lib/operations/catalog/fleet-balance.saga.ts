import { type CarriedOut, carryOut, judge } from '../../fleet/carry-out.ts'
import { callOffParts } from '../parts.ts'
import type { Saga } from '../saga.ts'

export const fleetBalanceSaga: Saga<'fleet-balance'> = {
  steps: {
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
