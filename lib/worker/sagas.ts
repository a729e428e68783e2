/** The saga of every operation: a definition without one does not compile. */
import { backupStoreCheckSaga } from '../operations/catalog/backup-store-check.saga.ts'
import { fleetBalanceSaga } from '../operations/catalog/fleet-balance.saga.ts'
import { hostEnrolSaga } from '../operations/catalog/host-enrol.saga.ts'
import { hostEvacuateSaga } from '../operations/catalog/host-evacuate.saga.ts'
import { hostEvacuationPlanSaga } from '../operations/catalog/host-evacuation-plan.saga.ts'
import { hostProbeSaga } from '../operations/catalog/host-probe.saga.ts'
import { hostRefreshSaga } from '../operations/catalog/host-refresh.saga.ts'
import { hostRemoveSaga } from '../operations/catalog/host-remove.saga.ts'
import { hostUpgradeAgentSaga } from '../operations/catalog/host-upgrade-agent.saga.ts'
import { planRollOutSaga } from '../operations/catalog/plan-roll-out.saga.ts'
import { templateBuildSaga } from '../operations/catalog/template-build.saga.ts'
import { veBackupSaga } from '../operations/catalog/ve-backup.saga.ts'
import { veBackupDeleteSaga } from '../operations/catalog/ve-backup-delete.saga.ts'
import { veBackupRestoreSaga } from '../operations/catalog/ve-backup-restore.saga.ts'
import { veBackupVerifySaga } from '../operations/catalog/ve-backup-verify.saga.ts'
import { veConfigureSaga } from '../operations/catalog/ve-configure.saga.ts'
import { veCreateSaga } from '../operations/catalog/ve-create.saga.ts'
import { veDestroySaga } from '../operations/catalog/ve-destroy.saga.ts'
import { veExecSaga } from '../operations/catalog/ve-exec.saga.ts'
import { veHibernateSaga } from '../operations/catalog/ve-hibernate.saga.ts'
import { veMoveSaga } from '../operations/catalog/ve-move.saga.ts'
import { veMoveCheckSaga } from '../operations/catalog/ve-move-check.saga.ts'
import { veQuotaReadSaga } from '../operations/catalog/ve-quota-read.saga.ts'
import { veQuotaSetSaga } from '../operations/catalog/ve-quota-set.saga.ts'
import { veRecoverSaga } from '../operations/catalog/ve-recover.saga.ts'
import { veRescueSaga } from '../operations/catalog/ve-rescue.saga.ts'
import { veRestartSaga } from '../operations/catalog/ve-restart.saga.ts'
import { veResumeSaga } from '../operations/catalog/ve-resume.saga.ts'
import { veSnapshotCreateSaga } from '../operations/catalog/ve-snapshot-create.saga.ts'
import { veSnapshotDeleteSaga } from '../operations/catalog/ve-snapshot-delete.saga.ts'
import { veSnapshotMountSaga } from '../operations/catalog/ve-snapshot-mount.saga.ts'
import { veSnapshotRollbackSaga } from '../operations/catalog/ve-snapshot-rollback.saga.ts'
import { veSnapshotUnmountSaga } from '../operations/catalog/ve-snapshot-unmount.saga.ts'
import { veStartSaga } from '../operations/catalog/ve-start.saga.ts'
import { veStopSaga } from '../operations/catalog/ve-stop.saga.ts'
import { veSuspendSaga } from '../operations/catalog/ve-suspend.saga.ts'
import { veUnsuspendSaga } from '../operations/catalog/ve-unsuspend.saga.ts'
import type { OperationType } from '../operations/registry.ts'
import type { Saga, SagaStep } from '../operations/saga.ts'

const SAGAS: { readonly [T in OperationType]: Saga<T> } = {
  'host-probe': hostProbeSaga,
  'host-enrol': hostEnrolSaga,
  'host-refresh': hostRefreshSaga,
  'host-upgrade-agent': hostUpgradeAgentSaga,
  'host-remove': hostRemoveSaga,
  'host-evacuation-plan': hostEvacuationPlanSaga,
  'host-evacuate': hostEvacuateSaga,
  'fleet-balance': fleetBalanceSaga,
  'template-build': templateBuildSaga,
  'plan-roll-out': planRollOutSaga,
  've-create': veCreateSaga,
  've-start': veStartSaga,
  've-stop': veStopSaga,
  've-configure': veConfigureSaga,
  've-exec': veExecSaga,
  've-quota-read': veQuotaReadSaga,
  've-quota-set': veQuotaSetSaga,
  've-rescue': veRescueSaga,
  've-restart': veRestartSaga,
  've-hibernate': veHibernateSaga,
  've-resume': veResumeSaga,
  've-suspend': veSuspendSaga,
  've-unsuspend': veUnsuspendSaga,
  've-snapshot-create': veSnapshotCreateSaga,
  've-snapshot-delete': veSnapshotDeleteSaga,
  've-snapshot-rollback': veSnapshotRollbackSaga,
  've-snapshot-mount': veSnapshotMountSaga,
  've-snapshot-unmount': veSnapshotUnmountSaga,
  've-backup': veBackupSaga,
  've-backup-verify': veBackupVerifySaga,
  've-backup-delete': veBackupDeleteSaga,
  've-backup-restore': veBackupRestoreSaga,
  've-recover': veRecoverSaga,
  'backup-store-check': backupStoreCheckSaga,
  've-move': veMoveSaga,
  've-move-check': veMoveCheckSaga,
  've-destroy': veDestroySaga,
}

/** A saga whose type is only known at run time: its steps by name. */
export type AnySaga = Omit<Saga<OperationType>, 'steps'> & {
  steps: Readonly<Record<string, SagaStep<OperationType>>>
}

export const sagaOf = (type: OperationType): AnySaga => SAGAS[type] as unknown as AnySaga
