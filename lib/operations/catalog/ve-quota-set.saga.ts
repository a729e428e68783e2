import type { Saga } from '../saga.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

/** What its host refused or could not do is as it was; one whose answer was lost is asked again under the same key. */
export const veQuotaSetSaga: Saga<'ve-quota-set'> = {
  steps: {
    set: {
      async do({ input: { veId, ...change }, call }) {
        const { hostId, spec } = await loadVe(veId)
        return call(hostId, 'quota-set', { ...veKeyOf(spec), ...change })
      },
    },
  },
  result: ({ outputs }) => outputs.set,
}
