import type { Saga } from '../saga.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

export const veExecSaga: Saga<'ve-exec'> = {
  steps: {
    run: {
      async do({ input, secret, call }) {
        const { hostId, spec } = await loadVe(input.veId)
        const { command, environment, timeoutSeconds, outputBytes } = input
        const stdin = (secret as { stdin?: string } | undefined)?.stdin ?? ''
        const key = veKeyOf(spec)
        const limits = { timeoutSeconds, outputBytes }
        return call(hostId, 've-exec', { ...key, command, environment, stdin, ...limits })
      },
    },
  },
  result: ({ outputs }) => outputs.run,
}
