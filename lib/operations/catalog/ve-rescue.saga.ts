import type { Saga } from '../saga.ts'
import { guestAccess, killIfThere, loadCache, loadVe, settleStart, textDigest } from './ve-subject.ts'

export const veRescueSaga: Saga<'ve-rescue'> = {
  steps: {
    rescue: {
      async do(context) {
        const { hostId, templateId, sshKeys, spec } = await loadVe(context.input.veId)
        const { cache, digest } = await loadCache(context.input.templateId ?? templateId, hostId)
        const params = { spec, cache, digest, access: guestAccess(context.secret, sshKeys) }
        // One that runs already is left alone: what the parameters lean on may be found changed at another try.
        return context.call(hostId, 've-rescue', params, textDigest({ spec, digest }))
      },
      undo: killIfThere,
    },
  },
  settle: (tx, outcome, { input, outputs }) => settleStart(tx, input.veId, outcome, outputs.rescue),
}
