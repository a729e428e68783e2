import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Backup, BackupStore } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'

export type StoredBackup = Backup & { store: BackupStore }

/** One answer for a backup that nobody has and for another person's. */
export function onBackup<T>(
  viewer: Viewer,
  id: string,
  permission: Permission,
  tx: Db | undefined,
  work: (command: VeCommand, backup: StoredBackup) => Promise<T>,
): Promise<T> {
  const where = { id: idOf('backup', id), ...ownedBy(viewer, 've:read') }
  return within(tx, async (on) => {
    const found = await on.backup.findFirst({ where, select: { veId: true } })
    if (!found) throw notFound('backup')
    return onVe(viewer, found.veId, permission, on, async (command) => {
      // Under the VE's lock it may have become another, or gone.
      const backup = await on.backup.findUnique({ where: { id: where.id }, include: { store: true } })
      if (!backup) throw notFound('backup')
      return work(command, backup)
    })
  })
}

/** Throws `conflict`. */
export function refuseUnready({ state }: Backup): void {
  if (state === 'ready') return
  const is = { creating: 'is being taken', deleting: 'is being deleted', failed: 'was never taken' }[state]
  throw new Problem('conflict', `This backup ${is}.`)
}
