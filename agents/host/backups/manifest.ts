/** What is written beside the disk of a backup, and what of it is believed again. */
import * as z from 'zod/mini'
import { backupDigest, type VeBackup } from '../../../lib/contract/backups.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { STORAGE_DRIVERS } from '../../../lib/contract/storage.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** By the name of the file: tar(1) of one sparse file, compressed. zstd where the host had it. */
export const DISK_FILES = { zstd: 'disk.tar.zst', gzip: 'disk.tar.gz' } as const
export type Compression = keyof typeof DISK_FILES
const COMPRESSIONS = Object.keys(DISK_FILES) as [Compression, ...Compression[]]

export const MANIFEST = 'manifest.json'
/** More than any is, and little enough to be read whole. */
const MANIFEST_BYTES_MOST = 2 ** 20

/** Of the disk: `bytes` and `digest` are of the file, `sizeBytes` of what is in it, `usedBytes` what that takes without its holes. */
const shape = z.object({
  format: z.literal(1),
  id: z.uuid(),
  at: z.int(),
  driver: z.enum(STORAGE_DRIVERS),
  compression: z.enum(COMPRESSIONS),
  disk: z.object({
    bytes: z.int().check(z.gte(1)),
    digest: backupDigest,
    sizeBytes: z.int().check(z.gte(1)),
    usedBytes: z.int().check(z.gte(0)),
  }),
})
export type Manifest = z.infer<typeof shape>
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
    throw damaged(`${file} is no manifest of a backup.`)
  if (digest !== null && digestOf(sys, file) !== digest)
    throw damaged(`${file} is not what was written there.`)
  const parsed = shape.safeParse(parse(sys.read(file) ?? ''))
  if (!parsed.success) throw damaged(`${file} is no manifest of a backup.`)
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
