import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'
import type { OperationInput } from '../registry.ts'
import type { Saga } from '../saga.ts'
import {
  guestAccess,
  loadCache,
  loadVe,
  settleVe,
  textDigest,
  type VeSubject,
  veKeyOf,
} from './ve-subject.ts'

/** The snapshot has to be where the VE is to be. Throws `not-found`, `conflict`. */
async function snapshotOf(snapshotId: string, keepIdentity: boolean, hostId: string) {
  const row = await db().snapshot.findUnique({ where: { id: snapshotId }, include: { ve: true } })
  if (!row) throw new Problem('not-found', 'The snapshot that it was to be made from is gone.')
  const { veid, id: uuid, epoch, hostId: at, name } = row.ve
  if (at !== hostId) throw new Problem('conflict', `${name} has left the host that the new VE was to be on.`)
  return { from: { veid, uuid, epoch, snapshot: snapshotId, keepIdentity } }
}

function madeFrom({ snapshotId, keepIdentity = false }: OperationInput<'ve-create'>, ve: VeSubject) {
  if (snapshotId === undefined) return loadCache(ve.templateId, ve.hostId)
  return snapshotOf(snapshotId, keepIdentity, ve.hostId)
}

export const veCreateSaga: Saga<'ve-create'> = {
  steps: {
    create: {
      async do(context) {
        const ve = await loadVe(context.input.veId)
        const made = await madeFrom(context.input, ve)
        const access = guestAccess(context.secret, ve.sshKeys)
        const { spec } = ve
        // One request for both: a start of its own would read the agent, take the lock and mount the disk a second time.
        const { start } = context.input
        // A new name or a rebuild of the template between two tries must not cost the VE its creation.
        const params = { spec, ...made, access, start }
        return context.call(ve.hostId, 've-create', params, textDigest({ spec, made }))
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
