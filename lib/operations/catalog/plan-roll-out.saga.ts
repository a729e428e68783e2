import { db } from '../../db/client.ts'
import { loadVersion } from '../../plans/load-version.ts'
import { outdatedVes, refuseMisfits } from '../../plans/roll-out.ts'
import { runStage } from '../../plans/run-stage.ts'
import { type Stage, type Staged, stagesOf } from '../../plans/stages.ts'
import { askerOf, callOffParts } from '../parts.ts'
import type { Saga, SagaStep } from '../saga.ts'

/** Names of VEs that no change reaches as they are. */
type Chosen = { stages: Staged; leftOut: string[] }

const OUT_OF_REACH = ['failed', 'hibernated', 'destroying']

const stage = (name: Stage): SagaStep<'plan-roll-out'> => ({
  do: async (context) => runStage(context, (context.outputs.choose as Chosen).stages[name]),
})

export const planRollOutSaga: Saga<'plan-roll-out'> = {
  steps: {
    /** Kept, so that every try goes through the same VEs in the same stages. */
    choose: {
      async do({ operationId, input, log }): Promise<Chosen> {
        const viewer = await askerOf(db(), operationId)
        const version = await loadVersion(db(), input)
        const all = await outdatedVes(db(), viewer, version)
        const ves = all.filter(({ state }) => !OUT_OF_REACH.includes(state))
        const leftOut = all.filter(({ state }) => OUT_OF_REACH.includes(state)).map(({ name }) => name)
        if (leftOut.length > 0) log(`Left out as they are: ${leftOut.join(', ')}.`)
        await refuseMisfits(db(), version, ves)
        return { stages: stagesOf(ves.map(({ id }) => id)), leftOut }
      },
    },
    // Without an undo: what a VE was given it keeps, and changes that go on undo themselves.
    first: stage('first'),
    tenth: stage('tenth'),
    rest: stage('rest'),
  },
  async settle(tx, outcome, { operationId }) {
    if (outcome.status !== 'succeeded') await callOffParts(tx, operationId)
  },
  result: ({ outputs }) => ({ leftOut: (outputs.choose as Chosen).leftOut }),
}
