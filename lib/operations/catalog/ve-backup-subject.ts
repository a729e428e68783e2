/** What the sagas of backups share. */
import type { BackupPlace } from '../../contract/backups.ts'
import { Problem } from '../../contract/problem.ts'
import { db } from '../../db/client.ts'

export type BackupSubject = {
  /** Of the store. */
  hostId: string
  /** As its host's agent is told of it. */
  named: { store: BackupPlace; backup: string }
  /** Null until it is taken. */
  digest: string | null
  /** As they go into the manifest: the same text at every try. */
  settings: string
}

/** Throws `not-found`. */
export async function loadBackup(id: string): Promise<BackupSubject> {
  const row = await db().backup.findUnique({ where: { id }, include: { store: true } })
  if (!row) throw new Problem('not-found', 'This backup is not there any more.')
  const store = { id: row.store.id, path: row.store.path }
  const settings = JSON.stringify(row.settings)
  return { hostId: row.store.hostId, named: { store, backup: id }, digest: row.digest, settings }
}

/** Of one that was taken. Throws `not-found`, `conflict`. */
export async function loadTaken(id: string): Promise<BackupSubject & { digest: string }> {
  const backup = await loadBackup(id)
  if (backup.digest === null) throw new Problem('conflict', 'This backup was never taken.')
  return { ...backup, digest: backup.digest }
}
