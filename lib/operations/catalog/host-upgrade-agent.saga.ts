import { createHash } from 'node:crypto'
import type { Saga } from '../saga.ts'
import { factColumns, updateHost } from './host-subject.ts'

export const hostUpgradeAgentSaga: Saga<'host-upgrade-agent'> = {
  steps: {
    'send-bundle': {
      async do(context) {
        const agent = await context.hosts.signedAgent()
        // A worker that takes over may be of another build, with another agent to send.
        const digest = createHash('sha256').update(agent.bundle).digest('hex')
        return context.call(context.input.hostId, 'agent-upgrade', agent, digest)
      },
    },
    'read-facts': { do: (context) => context.call(context.input.hostId, 'host-facts', {}) },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded') await updateHost(tx, input.hostId, factColumns(outputs['read-facts']))
  },
}
