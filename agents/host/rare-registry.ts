import { backupDelete } from './backups/backup-delete.ts'
import { backupStoreLook } from './backups/backup-store-look.ts'
import { backupVerify } from './backups/backup-verify.ts'
import { veBackupCreate } from './backups/ve-backup-create.ts'
import { veBackupRestore } from './backups/ve-backup-restore.ts'
import { agentUpgrade } from './methods/agent-upgrade.ts'
import { hostFactsMethod } from './methods/host-facts.ts'
import { hostLeave } from './methods/host-leave.ts'
import { moveActivate } from './methods/move-activate.ts'
import { moveCancel } from './methods/move-cancel.ts'
import { moveDisk } from './methods/move-disk.ts'
import { moveDone } from './methods/move-done.ts'
import { moveFits } from './methods/move-fits.ts'
import { moveFreeze } from './methods/move-freeze.ts'
import { moveLook } from './methods/move-look.ts'
import { moveOffer } from './methods/move-offer.ts'
import { moveReceive } from './methods/move-receive.ts'
import { quotaOwners } from './methods/quota-owners.ts'
import { quotaSet } from './methods/quota-set.ts'
import { templateBuild } from './methods/template-build.ts'
import { templateCallOff } from './methods/template-call-off.ts'
import { templateList } from './methods/template-list.ts'
import { templateRemove } from './methods/template-remove.ts'
import { userBeancountersMethod } from './methods/user-beancounters.ts'
import { veHibernate } from './methods/ve-hibernate.ts'
import { veRescue } from './methods/ve-rescue.ts'
import { veResume } from './methods/ve-resume.ts'
import { veSnapshotCreate } from './methods/ve-snapshot-create.ts'
import { veSnapshotDelete } from './methods/ve-snapshot-delete.ts'
import { veSnapshotList } from './methods/ve-snapshot-list.ts'
import { veSnapshotMount } from './methods/ve-snapshot-mount.ts'
import { veSnapshotRollback } from './methods/ve-snapshot-rollback.ts'
import { veSnapshotUnmount } from './methods/ve-snapshot-unmount.ts'
import type { RareMethod } from './rarely-asked.ts'
import type { Methods } from './request.ts'

export const RARE_METHODS: Methods<RareMethod> = {
  'agent-upgrade': agentUpgrade,
  'backup-delete': backupDelete,
  'backup-store-look': backupStoreLook,
  'backup-verify': backupVerify,
  'host-facts': hostFactsMethod,
  'host-leave': hostLeave,
  'template-build': templateBuild,
  'template-call-off': templateCallOff,
  'template-list': templateList,
  'template-remove': templateRemove,
  've-backup-create': veBackupCreate,
  've-backup-restore': veBackupRestore,
  've-rescue': veRescue,
  've-hibernate': veHibernate,
  've-resume': veResume,
  've-snapshot-create': veSnapshotCreate,
  've-snapshot-rollback': veSnapshotRollback,
  've-snapshot-delete': veSnapshotDelete,
  've-snapshot-mount': veSnapshotMount,
  've-snapshot-unmount': veSnapshotUnmount,
  've-snapshot-list': veSnapshotList,
  'move-look': moveLook,
  'move-fits': moveFits,
  'move-offer': moveOffer,
  'move-receive': moveReceive,
  'move-disk': moveDisk,
  'move-freeze': moveFreeze,
  'move-activate': moveActivate,
  'move-done': moveDone,
  'move-cancel': moveCancel,
  'user-beancounters': userBeancountersMethod,
  'quota-owners': quotaOwners,
  'quota-set': quotaSet,
}
