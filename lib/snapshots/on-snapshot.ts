import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import type { Snapshot } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'

/** One answer for a snapshot that nobody has and for another person's. */
export function onSnapshot<T>(
  viewer: Viewer,
  id: string,
  permission: Permission,
  tx: Db | undefined,
  work: (command: VeCommand, snapshot: Snapshot) => Promise<T>,
): Promise<T> {
  const where = { id: idOf('snapshot', id), ...ownedBy(viewer, 've:read') }
  return within(tx, async (on) => {
    const found = await on.snapshot.findFirst({ where, select: { veId: true } })
    if (!found) throw notFound('snapshot')
    return onVe(viewer, found.veId, permission, on, async (command) => {
      // Under the VE's lock it may have become another, or gone.
      const snapshot = await on.snapshot.findUnique({ where: { id: where.id } })
      if (!snapshot) throw notFound('snapshot')
      return work(command, snapshot)
    })
  })
}
