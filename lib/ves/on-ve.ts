/** What every command on a VE begins with: finding it, locking it, and asking who may. */
import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import { demand, type Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import type { Ve } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { actorOf } from '../operations/commands.ts'

export type VeCommand = {
  on: Db
  /** Its row, locked until the transaction ends. */
  ve: Ve
  /** What an operation on it says of itself. */
  about: { actor: { userId: string; name: string }; accountId: string; veId: string; hostId: string }
}

/** Throws `not-found` and `forbidden`. A destroyed VE is there, and its state forbids everything. */
export function onVe<T>(
  viewer: Viewer,
  id: string,
  permission: Permission,
  tx: Db | undefined,
  work: (command: VeCommand) => Promise<T>,
): Promise<T> {
  const veId = idOf('VE', id)
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT 1 FROM ve WHERE id = ${veId}::uuid FOR NO KEY UPDATE`
    const ve = await on.ve.findFirst({ where: { id: veId, ...ownedBy(viewer, 've:read') } })
    if (!ve) throw notFound('VE')
    demand(viewer, permission, ve.accountId)
    const { accountId, hostId } = ve
    return work({ on, ve, about: { actor: actorOf(viewer), accountId, veId, hostId } })
  })
}
