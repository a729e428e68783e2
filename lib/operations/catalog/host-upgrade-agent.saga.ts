import type { Saga } from '../saga.ts'
import { factColumns, updateHost } from './host-subject.ts'

export const hostUpgradeAgentSaga: Saga<'host-upgrade-agent'> = {
  steps: {
    'send-bundle': {
      async do(context) {
        return context.call(context.input.hostId, 'agent-upgrade', await context.hosts.signedAgent())
      },
    },
    'read-facts': { do: (context) => context.call(context.input.hostId, 'host-facts', {}) },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded') await updateHost(tx, input.hostId, factColumns(outputs['read-facts']))
  },
}
