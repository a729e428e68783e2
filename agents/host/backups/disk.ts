/** The disk of a VE on its way into a store and out of it again: a copy of one instant beside the VE, packed and unpacked by tar(1). */
import type {
  BackupPlace,
  BackupCompression as Compression,
  BackupManifest as Manifest,
} from '../../../lib/contract/backups.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { StorageDriver } from '../../../lib/contract/storage.ts'
import { refuseWithout } from '../storage/free-space.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import { type Sys, WORDLESS_ENVIRONMENT } from '../sys/sys.ts'
import { copyFolder, unpackedFolder } from './copies.ts'
import { DISK_FILES, diskIn } from './manifest.ts'
import { noRoom } from './store.ts'

/** As snapshots of images name it (storage/snapshots/image.ts). */
const IMAGE = 'disk.img'

/** Throws `capability-missing`. */
export function refuseDriver(driver: StorageDriver): void {
  if (driver === 'image') return
  throw new Problem('capability-missing', `A VE on ${driver} storage cannot be backed up yet.`)
}

/** What others on the host do goes first. */
const PATIENT = ['nice', '-n', '19', 'ionice', '-c', '3'] as const

const PROGRAM: Record<Compression, string> = { zstd: 'zstd -3 -q', gzip: 'gzip -1' }

function compressionHere(sys: Sys): Compression {
  return sys.run(['zstd', '--version']).code === 0 ? 'zstd' : 'gzip'
}

/** Gives what the copy is like; the file is on the disk when it returns. Throws `no-disk-space`. */
export function packDisk(
  sys: Sys,
  { veid, store, into }: { veid: number; store: BackupPlace; into: string },
): Pick<Manifest, 'compression'> & { sizeBytes: number; usedBytes: number; file: string } {
  const folder = copyFolder(veid)
  const stat = sys.stat(`${folder}/${IMAGE}`)
  if (stat === null) throw new Problem('conflict', `The disk of VE ${veid} went while it was to be packed.`)
  const compression = compressionHere(sys)
  const file = `${into}/${DISK_FILES[compression]}`
  const tar = ['tar', '--create', '--sparse', '--format=gnu', '--owner=0', '--group=0']
  const argv = [...PATIENT, ...tar, `--use-compress-program=${PROGRAM[compression]}`, `--file=${file}`]
  const packed = sys.run([...argv, `--directory=${folder}`, IMAGE], { env: WORDLESS_ENVIRONMENT })
  if (/No space left|quota exceeded/i.test(packed.stderr)) throw noRoom(sys, store)
  if (packed.code !== 0) throw commandFailed(argv, packed)
  mustRun(sys, ['sync', file])
  return { compression, sizeBytes: stat.sizeBytes, usedBytes: stat.diskBytes, file }
}

/** Beyond the size that it is to have, tar(1) writes nothing: a block more for what it rounds to. */
const BLOCK_BYTES = 4096

/** Of a backup that was verified: into `unpackedFolder`, checked. Throws `no-disk-space`, `backup-damaged`. */
export function unpackDisk(sys: Sys, veid: number, from: string, manifest: Manifest): string {
  const folder = unpackedFolder(veid)
  refuseWithout(sys, manifest.disk.usedBytes)
  mustRun(sys, ['mkdir', '-m', '700', folder])
  const bound = ['prlimit', `--fsize=${manifest.disk.sizeBytes + BLOCK_BYTES}`]
  const tar = ['tar', '--extract', '--sparse', '--occurrence=1', '--no-same-owner', '--no-same-permissions']
  const program = `--use-compress-program=${manifest.compression}`
  const argv = [...PATIENT, ...bound, ...tar, program, `--file=${diskIn(from, manifest)}`]
  const unpacked = sys.run([...argv, `--directory=${folder}`, IMAGE], { env: WORDLESS_ENVIRONMENT })
  if (/No space left|quota exceeded/i.test(unpacked.stderr)) {
    refuseWithout(sys, manifest.disk.usedBytes)
    throw new Problem('no-disk-space', 'The disk of this host is full.')
  }
  const image = `${folder}/${IMAGE}`
  const stat = sys.stat(image)
  if (unpacked.code !== 0 || stat?.kind !== 'file' || stat.sizeBytes !== manifest.disk.sizeBytes)
    throw new Problem('backup-damaged', `The disk of backup ${manifest.id} cannot be unpacked.`, {
      context: { stderrTail: unpacked.stderr.slice(-500) },
    })
  // The kernel is to mount it.
  if (sys.run(['e2fsck', '-f', '-p', image]).code > 1)
    throw new Problem('backup-damaged', `The disk of backup ${manifest.id} is no whole file system.`)
  return folder
}
