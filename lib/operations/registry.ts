/** Every operation there is, by type. Browser-safe: definitions only. */
import type * as z from 'zod/mini'
import { backupStoreCheck } from './catalog/backup-store-check.ts'
import { fleetBalance } from './catalog/fleet-balance.ts'
import { hostEnrol } from './catalog/host-enrol.ts'
import { hostEvacuate } from './catalog/host-evacuate.ts'
import { hostEvacuationPlan } from './catalog/host-evacuation-plan.ts'
import { hostProbe } from './catalog/host-probe.ts'
import { hostRefresh } from './catalog/host-refresh.ts'
import { hostRemove } from './catalog/host-remove.ts'
import { hostUpgradeAgent } from './catalog/host-upgrade-agent.ts'
import { planRollOut } from './catalog/plan-roll-out.ts'
import { templateBuild } from './catalog/template-build.ts'
import { veBackup } from './catalog/ve-backup.ts'
import { veBackupDelete } from './catalog/ve-backup-delete.ts'
import { veBackupRestore } from './catalog/ve-backup-restore.ts'
import { veBackupVerify } from './catalog/ve-backup-verify.ts'
import { veConfigure } from './catalog/ve-configure.ts'
import { veCreate } from './catalog/ve-create.ts'
import { veDestroy } from './catalog/ve-destroy.ts'
import { veExec } from './catalog/ve-exec.ts'
import { veHibernate } from './catalog/ve-hibernate.ts'
import { veMove } from './catalog/ve-move.ts'
import { veMoveCheck } from './catalog/ve-move-check.ts'
import { veQuotaRead } from './catalog/ve-quota-read.ts'
import { veQuotaSet } from './catalog/ve-quota-set.ts'
import { veRecover } from './catalog/ve-recover.ts'
import { veRescue } from './catalog/ve-rescue.ts'
import { veRestart } from './catalog/ve-restart.ts'
import { veResume } from './catalog/ve-resume.ts'
import { veSnapshotCreate } from './catalog/ve-snapshot-create.ts'
import { veSnapshotDelete } from './catalog/ve-snapshot-delete.ts'
import { veSnapshotMount } from './catalog/ve-snapshot-mount.ts'
import { veSnapshotRollback } from './catalog/ve-snapshot-rollback.ts'
import { veSnapshotUnmount } from './catalog/ve-snapshot-unmount.ts'
import { veStart } from './catalog/ve-start.ts'
import { veStop } from './catalog/ve-stop.ts'
import { veSuspend } from './catalog/ve-suspend.ts'
import { veUnsuspend } from './catalog/ve-unsuspend.ts'

export const OPERATIONS = {
  'host-probe': hostProbe,
  'host-enrol': hostEnrol,
  'host-refresh': hostRefresh,
  'host-upgrade-agent': hostUpgradeAgent,
  'host-remove': hostRemove,
  'host-evacuation-plan': hostEvacuationPlan,
  'host-evacuate': hostEvacuate,
  'fleet-balance': fleetBalance,
  'template-build': templateBuild,
  'plan-roll-out': planRollOut,
  've-create': veCreate,
  've-start': veStart,
  've-stop': veStop,
  've-configure': veConfigure,
  've-restart': veRestart,
  've-rescue': veRescue,
  've-hibernate': veHibernate,
  've-resume': veResume,
  've-suspend': veSuspend,
  've-unsuspend': veUnsuspend,
  've-exec': veExec,
  've-quota-read': veQuotaRead,
  've-quota-set': veQuotaSet,
  've-snapshot-create': veSnapshotCreate,
  've-snapshot-delete': veSnapshotDelete,
  've-snapshot-rollback': veSnapshotRollback,
  've-snapshot-mount': veSnapshotMount,
  've-snapshot-unmount': veSnapshotUnmount,
  've-backup': veBackup,
  've-backup-verify': veBackupVerify,
  've-backup-delete': veBackupDelete,
  've-backup-restore': veBackupRestore,
  've-recover': veRecover,
  'backup-store-check': backupStoreCheck,
  've-move': veMove,
  've-move-check': veMoveCheck,
  've-destroy': veDestroy,
} as const

export type OperationType = keyof typeof OPERATIONS
export const OPERATION_TYPES = Object.keys(OPERATIONS) as [OperationType, ...OperationType[]]
export type OperationInput<T extends OperationType> = z.infer<(typeof OPERATIONS)[T]['input']>
export type StepNameOf<T extends OperationType> = (typeof OPERATIONS)[T]['steps'][number]['name']
