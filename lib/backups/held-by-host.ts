import type { Db } from '../db/client.ts'

/** Why a host cannot go: what is kept on it, or can be made again of what is kept elsewhere; null when nothing is. */
export async function heldByHost(on: Db, hostId: string): Promise<string | null> {
  const stores = await on.backupStore.count({ where: { hostId } })
  if (stores > 0) return `It keeps backups: remove its ${stores === 1 ? 'store' : 'stores'} first.`
  const backups = await on.backup.count({ where: { ve: { hostId, destroyedAt: { not: null } } } })
  return backups === 0 ? null : 'There are backups of VEs that were destroyed on it: delete them first.'
}
