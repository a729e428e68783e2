import type { Saga } from '../saga.ts'

export const hostProbeSaga: Saga<'host-probe'> = {
  steps: {
    'fetch-key': {
      do: ({ hosts, input, signal }) => hosts.probe(input.address, input.port, signal),
    },
  },
  result: ({ outputs }) => outputs['fetch-key'],
}
