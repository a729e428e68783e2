import { settleTaken, settleUntaken } from '../../backups/settle.ts'
import type { VeBackup } from '../../contract/backups.ts'
import { Problem } from '../../contract/problem.ts'
import type { Saga } from '../saga.ts'
import { loadBackup } from './ve-backup-subject.ts'
import { loadVe, veKeyOf } from './ve-subject.ts'

export const veBackupSaga: Saga<'ve-backup'> = {
  steps: {
    create: {
      async do({ input, call }): Promise<VeBackup> {
        const { hostId, spec } = await loadVe(input.veId)
        const { hostId: storeHost, named, settings } = await loadBackup(input.backupId)
        if (storeHost !== hostId)
          throw new Problem('conflict', 'The VE has moved to another host than the store is on.')
        // A VE that has changed hands and come back since has another epoch.
        return call(hostId, 've-backup-create', { ...veKeyOf(spec), ...named, settings }, String(spec.epoch))
      },
      async undo({ input, call }) {
        const { hostId, named } = await loadBackup(input.backupId)
        await call(hostId, 'backup-delete', named)
      },
    },
  },
  /** What failed stays in the list, with the reason, until it is deleted. */
  async settle(tx, outcome, { input, outputs }) {
    if (outcome.status !== 'succeeded') return settleUntaken(tx, input.backupId, outcome.problem)
    await settleTaken(tx, outputs.create as VeBackup)
  },
}
