import { Problem } from '../../contract/problem.ts'
import { veGuestAccess } from '../../contract/ve-spec.ts'
import { db } from '../../db/client.ts'
import type { Saga } from '../saga.ts'
import { loadVe, settleVe, veKeyOf } from './ve-subject.ts'

/** The secret: `{ rootPassword? }`. SSH keys are in the row. */
const secretAccess = veGuestAccess.shape.rootPassword

export const veCreateSaga: Saga<'ve-create'> = {
  steps: {
    create: {
      async do(context) {
        const ve = await loadVe(context.input.veId)
        const where = { templateId_hostId: { templateId: ve.templateId, hostId: ve.hostId } }
        const cache = await db().templateCache.findUnique({ where })
        if (!cache)
          throw new Problem('template-not-ready', 'The host does not have the cache of this template.')
        const rootPassword = secretAccess.parse((context.secret as { rootPassword?: string })?.rootPassword)
        const access = { ...(rootPassword ? { rootPassword } : {}), sshKeys: ve.sshKeys }
        const { spec } = ve
        const { cache: name, digest } = cache
        // One request for both: a start of its own would read the agent, take the lock and mount the disk a second time.
        const { start } = context.input
        // A rebuild of the template between two tries must not cost the VE its creation.
        return context.call(ve.hostId, 've-create', { spec, cache: name, digest, access, start }, digest)
      },
      /** With the next epoch, which `settle` writes down: a request of this creation that is still on its way is refused. */
      async undo(context) {
        const { hostId, spec } = await loadVe(context.input.veId)
        await context.call(hostId, 've-destroy', { ...veKeyOf(spec), epoch: spec.epoch + 1, kill: true })
      },
    },
  },
  /**
   * A creation that failed leaves its row, so that one sees why and can try again or destroy it: address and number stay
   * reserved until then. The epoch is raised, so that nothing of the undone creation can ever count again.
   */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded') {
      return settleVe(tx, input.veId, { state: 'failed', problem: outcome.problem, raiseEpoch: true })
    }
    await settleVe(tx, input.veId, {
      state: input.start ? 'running' : 'stopped',
      observed: outputs.create,
    })
  },
}
