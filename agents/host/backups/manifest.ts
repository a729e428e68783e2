/** What is written beside the disk of a backup, and what of it is believed again. */
import {
  type BackupCompression,
  backupManifest,
  type BackupManifest as Manifest,
  type VeBackup,
} from '../../../lib/contract/backups.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** By the name of the file: tar(1) of one sparse file, compressed. zstd where the host had it. */
export const DISK_FILES: Record<BackupCompression, string> = { zstd: 'disk.tar.zst', gzip: 'disk.tar.gz' }

export const MANIFEST = 'manifest.json'
/** More than any is, and little enough to be read whole. */
const MANIFEST_BYTES_MOST = 2 ** 20

/** For whoever has nothing but the store left: not read again. */
export type WrittenManifest = Manifest & { spec: VeSpec; settings: string }

export function digestOf(sys: Sys, file: string): string {
  return `sha256:${mustRun(sys, ['sha256sum', '--binary', file]).stdout.slice(0, 64)}`
}

const damaged = (text: string) => new Problem('backup-damaged', text)

/** Null when there is none. Throws `backup-damaged` of one that is none, and where a digest is known of another than that. */
export function readManifest(sys: Sys, folder: string, digest: string | null): Manifest | null {
  const file = `${folder}/${MANIFEST}`
  const stat = sys.stat(file)
  if (stat === null) return null
  if (stat.kind !== 'file' || stat.sizeBytes > MANIFEST_BYTES_MOST)
    throw damaged('What is in the store is no manifest of a backup.')
  if (digest !== null && digestOf(sys, file) !== digest)
    throw damaged('The manifest of the backup is not what was written.')
  const parsed = backupManifest.safeParse(parse(sys.read(file) ?? ''))
  if (!parsed.success) throw damaged('What is in the store is no manifest of a backup.')
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export const diskIn = (folder: string, { compression }: Pick<Manifest, 'compression'>) =>
  `${folder}/${DISK_FILES[compression]}`

/** Reads all of the disk. Throws `backup-damaged`, `not-found`. */
export function verified(sys: Sys, folder: string, id: string, digest: string): Manifest {
  const manifest = readManifest(sys, folder, digest)
  if (manifest === null) throw new Problem('not-found', `There is no backup ${id} in the store.`)
  const file = diskIn(folder, manifest)
  const stat = sys.stat(file)
  if (manifest.id !== id || stat?.kind !== 'file') throw damaged(`The disk of backup ${id} is not there.`)
  if (stat.sizeBytes !== manifest.disk.bytes || digestOf(sys, file) !== manifest.disk.digest)
    throw damaged(`The disk of backup ${id} is not what was written there.`)
  return manifest
}

export function tellBackup(sys: Sys, folder: string, manifest: Manifest): VeBackup {
  const { id, at, disk } = manifest
  const file = `${folder}/${MANIFEST}`
  const bytes = disk.bytes + (sys.stat(file)?.sizeBytes ?? 0)
  return { id, at, bytes, diskBytes: disk.usedBytes, digest: digestOf(sys, file) }
}
