/** Taking backups, deleting and verifying them, bringing VEs back to them: each queues an operation, the worker does it. */
import { recordAudit } from '../audit/record.ts'
import { demand, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { STOP_TIMEOUT_SECONDS } from '../ves/commands.ts'
import { createIn, type Origin } from '../ves/create.ts'
import { onVe } from '../ves/on-ve.ts'
import { getVe } from '../ves/queries.ts'
import type { VeResource } from '../ves/resource.ts'
import { onBackup, refuseUnready, type StoredBackup } from './on-backup.ts'
import { getBackup } from './queries.ts'
import type { BackupCreateInput, BackupRecoverInput, BackupResource, BackupRestoreInput } from './resource.ts'
import type { BackupSettings } from './settings.ts'
import { askForBackup } from './take.ts'

type Started = { operationId: string }

/**
 * Throws `not-found`, `forbidden`, `ve-state-forbids`, `ve-suspended`, `too-many-backups`, `conflict` while another is taken of it;
 * `invalid-input` for a store that is not on its host; `capability-missing` for a disk of another kind.
 */
export function backUpVe(
  viewer: Viewer,
  veId: string,
  { storeId }: BackupCreateInput = {},
  tx?: Db,
): Promise<Started & { backup: BackupResource }> {
  return onVe(viewer, veId, 've:backup', tx, async ({ on, ve, about }) => {
    const { backupId, operationId } = await askForBackup(on, ve, { storeId, about, scheduled: false })
    await recordAudit(on, { ...about, action: 'backup-create', subject: ve.name })
    return { backup: await getBackup(viewer, backupId, on), operationId }
  })
}

const dateOf = ({ takenAt, createdAt }: StoredBackup) => (takenAt ?? createdAt).toISOString().slice(0, 16)
const titleOf = (ve: Pick<Ve, 'name'>, backup: StoredBackup) =>
  `${ve.name} of ${dateOf(backup).replace('T', ' ')} UTC`

/** For good. Throws `not-found`, `forbidden`, and `conflict` while it is being taken or deleted. */
export function deleteBackup(viewer: Viewer, id: string, tx?: Db): Promise<Started> {
  return onBackup(viewer, id, 've:backup', tx, async ({ on, ve, about }, backup) => {
    if (backup.state !== 'failed') refuseUnready(backup)
    await on.backup.update({ where: { id: backup.id }, data: { state: 'deleting' } })
    const details = { backup: dateOf(backup) }
    await recordAudit(on, { ...about, action: 'backup-delete', subject: ve.name, details })
    return enqueueOperation(on, {
      type: 've-backup-delete',
      input: { veId: ve.id, backupId: backup.id },
      title: `Delete the backup ${titleOf(ve, backup)}`,
      ...about,
      hostId: backup.store.hostId,
    })
  })
}

/** Reads all of it and compares its digest. Throws `not-found`, `forbidden`, `conflict`. */
export function verifyBackup(viewer: Viewer, id: string, tx?: Db): Promise<Started> {
  return onBackup(viewer, id, 've:backup', tx, async ({ on, ve, about }, backup) => {
    refuseUnready(backup)
    return enqueueOperation(on, {
      type: 've-backup-verify',
      input: { veId: ve.id, backupId: backup.id },
      title: `Verify the backup ${titleOf(ve, backup)}`,
      ...about,
      hostId: backup.store.hostId,
    })
  })
}

/**
 * Its disk becomes what it was; what was written since is lost. Limits and all else of it stay. Throws `not-found`, `forbidden`,
 * `ve-state-forbids`, `ve-suspended`, and `conflict` for a backup that is not ready, or is on another host than the VE.
 */
export function restoreBackup(
  viewer: Viewer,
  id: string,
  input: BackupRestoreInput = {},
  tx?: Db,
): Promise<Started> {
  return onBackup(viewer, id, 've:backup', tx, async ({ on, ve, about }, backup) => {
    refuseUnready(backup)
    if (backup.store.hostId !== ve.hostId)
      throw new Problem(
        'conflict',
        `The backup is on another host than ${ve.name}. Move the VE there, or make another VE of the backup.`,
      )
    const {
      start = ve.state === 'running' || ve.state === 'starting',
      timeoutSeconds = STOP_TIMEOUT_SECONDS,
    } = input
    const details = { backup: dateOf(backup) }
    await recordAudit(on, { ...about, action: 'backup-restore', subject: ve.name, details })
    return enqueueOperation(on, {
      type: 've-backup-restore',
      input: { veId: ve.id, backupId: backup.id, start, timeoutSeconds },
      title: `Restore ${titleOf(ve, backup)}`,
      ...about,
    })
  })
}

/**
 * As another VE on the store's host, with the settings of then, of the account that the backup is of. Throws `not-found`, `conflict`, and
 * what creating that VE throws: what its settings would give that the viewer may not give is refused.
 */
export function recoverBackup(
  viewer: Viewer,
  id: string,
  { name, start = false }: BackupRecoverInput = {},
  tx?: Db,
): Promise<Started & { ve: VeResource }> {
  return onBackup(viewer, id, 've:backup', tx, async ({ on }, backup) => {
    demand(viewer, 've:create', backup.accountId)
    refuseUnready(backup)
    const { veid: _, addresses: __, planId, ...settings } = backup.settings as BackupSettings
    const plan =
      planId !== undefined && (await on.plan.count({ where: { id: planId } })) > 0 ? { planId } : {}
    const input = { ...settings, ...plan, name: name ?? settings.name, start }
    const { accountId, id: backupId, store } = backup
    const origin: Origin = { kind: 'backup', accountId, backupId, hostId: store.hostId }
    const { ve, operationId } = await createIn(on, viewer, input, origin)
    return { ve: await getVe(viewer, ve.id, on), operationId }
  })
}
