import { settleVerified } from '../../backups/settle.ts'
import type { Saga } from '../saga.ts'
import { loadTaken } from './ve-backup-subject.ts'

export const veBackupVerifySaga: Saga<'ve-backup-verify'> = {
  steps: {
    verify: {
      async do({ input, call }) {
        const { hostId, named, digest } = await loadTaken(input.backupId)
        return call(hostId, 'backup-verify', { ...named, digest })
      },
    },
  },
  async settle(tx, outcome, { input }) {
    await settleVerified(tx, input.backupId, outcome.status === 'succeeded' ? null : outcome.problem)
  },
}
