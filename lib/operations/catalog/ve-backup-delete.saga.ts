import { settleDeleted, settleUndeleted } from '../../backups/settle.ts'
import type { Saga } from '../saga.ts'
import { loadBackup } from './ve-backup-subject.ts'

export const veBackupDeleteSaga: Saga<'ve-backup-delete'> = {
  steps: {
    delete: {
      async do({ input, call }) {
        const { hostId, named } = await loadBackup(input.backupId)
        return call(hostId, 'backup-delete', named)
      },
    },
  },
  async settle(tx, outcome, { input }) {
    if (outcome.status === 'succeeded') await settleDeleted(tx, input.backupId)
    else await settleUndeleted(tx, input.backupId, outcome.problem)
  },
}
