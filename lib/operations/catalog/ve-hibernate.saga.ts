import type { Saga } from '../saga.ts'
import { loadVe, observe, resumeBySpec, settleVe, veKeyOf } from './ve-subject.ts'

export const veHibernateSaga: Saga<'ve-hibernate'> = {
  steps: {
    hibernate: {
      async do({ input, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        return call(hostId, 've-hibernate', veKeyOf(spec))
      },
      /** A host that failed let it run on; one whose answer was lost may have it hibernated. */
      async undo(context) {
        const seen = await observe(context, context.input.veId)
        if (seen?.state === 'hibernated') await resumeBySpec(context, context.input.veId)
      },
    },
  },
  /** What failed runs on, until `watch` says otherwise. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'hibernated', observed: outputs.hibernate })
    const { problem } = outcome
    if (outcome.status === 'stuck') return settleVe(tx, input.veId, { state: 'failed', problem })
    const told = outcome.status === 'failed' ? { problem } : {}
    await settleVe(tx, input.veId, { state: 'running', ...told, keepStart: true })
  },
}
