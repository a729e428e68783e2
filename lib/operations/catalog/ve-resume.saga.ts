import type { Saga } from '../saga.ts'
import { loadVe, observe, resumeBySpec, settleVe, veKeyOf } from './ve-subject.ts'

export const veResumeSaga: Saga<'ve-resume'> = {
  steps: {
    resume: {
      do: (context) => resumeBySpec(context, context.input.veId),
      /** Of a host that failed it is hibernated as before; one whose answer was lost may have let it run. */
      async undo(context) {
        const seen = await observe(context, context.input.veId)
        if (seen?.state !== 'running') return
        const { hostId, spec } = await loadVe(context.input.veId)
        await context.call(hostId, 've-hibernate', veKeyOf(spec))
      },
    },
  },
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status === 'succeeded')
      return settleVe(tx, input.veId, { state: 'running', observed: outputs.resume })
    const { problem } = outcome
    if (outcome.status === 'stuck') return settleVe(tx, input.veId, { state: 'failed', problem })
    await settleVe(tx, input.veId, {
      state: 'hibernated',
      ...(outcome.status === 'failed' ? { problem } : {}),
    })
  },
}
