/**
 * A file system of its own for one build: it bounds the space, holds everything the build writes, and goes as a whole.
 * The host's root never walks the tree in it.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes, GIB } from '../../../lib/contract/units.ts'
import { space } from '../facts/space.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { BuildIds } from './build-user.ts'

const MOUNTS = `${HOST_PATHS.run}/build`
/** Room that a small Debian and its image take while they are built. */
const LEAST_FREE = 1.5 * GIB

type Area = { path: string; disk: string }

export function areaOf(cache: string): Area {
  return { path: `${MOUNTS}/${cache}`, disk: `${HOST_PATHS.vz}/template/${cache}.build` }
}

/** Also for what a killed agent left: unmounts and removes. */
export function removeArea(sys: Sys, cache: string): void {
  const { path, disk } = areaOf(cache)
  for (let tries = 0; tries < 50 && sys.run(['mountpoint', '-q', path]).code === 0; tries += 1) {
    if (sys.run(['umount', path]).code !== 0) sys.sleep(50)
  }
  sys.remove(path)
  sys.remove(MOUNTS)
  sys.remove(disk)
}

/** An empty directory with `diskBytes` of room that the build user and the build's root may write. */
export function makeArea(sys: Sys, cache: string, ids: BuildIds, diskBytes: number): string {
  const { path, disk } = areaOf(cache)
  ensureDirectory(sys, HOST_PATHS.templateCache)
  const { availableBytes: freeBytes } = space(sys, HOST_PATHS.vz)
  if (freeBytes < Math.min(LEAST_FREE, diskBytes)) {
    throw new Problem('no-disk-space', `A build needs more than the ${formatBytes(freeBytes)} free on /vz.`)
  }
  ensureDirectory(sys, MOUNTS, 0o711)
  ensureDirectory(sys, path)
  sys.write(disk, '')
  sys.extend(disk, diskBytes)
  mustRun(sys, ['mkfs.ext4', '-q', '-F', '-m', '0', '-O', '^has_journal', '-E', 'lazy_itable_init=1', disk])
  mustRun(sys, ['mount', '-t', 'ext4', '-o', 'loop,nodev,noinit_itable,noatime', disk, path])
  mustRun(sys, ['install', '-d', '-m', '775', '-o', String(ids.user), '-g', String(ids.root), path])
  return path
}
