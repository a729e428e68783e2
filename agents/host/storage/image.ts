/** An ext4 image per VE: reflinked from the cache, grown, mounted through a loop device with shifted ids. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes, MIB } from '../../../lib/contract/units.ts'
import { ID_RANGE_SIZE } from '../../../lib/contract/ve-spec.ts'
import { space } from '../facts/space.ts'
import { cacheImage, vePaths } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { isIdMapped, mountOptions } from '../sys/mounts.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { StorageDriver } from './driver.ts'
import { findGrown, keepGrown } from './grown-images.ts'

/** Below this a file system is as good as full: journals and metadata of running VEs need room. */
const SPARE_BYTES = 256 * MIB
const DETACH_TRIES = 100

function noSpace(free: number): Problem {
  return new Problem('no-disk-space', `Only ${formatBytes(free)} are free on ${HOST_PATHS.vz}.`)
}

function copy(sys: Sys, from: string, to: string): void {
  const argv = ['cp', '--reflink=auto', '--sparse=auto', from, to]
  const copied = sys.run(argv)
  if (/No space left/.test(copied.stderr)) throw noSpace(space(sys, HOST_PATHS.vz).availableBytes)
  if (copied.code !== 0) throw commandFailed(argv, copied)
}

const create: StorageDriver['create'] = (sys, spec, cache, revert) => {
  const { disk } = vePaths(spec.veid)
  const { diskBytes } = spec.limits
  if (diskBytes < cache.sizeBytes) {
    const text = `The template needs at least ${formatBytes(cache.sizeBytes)}.`
    throw new Problem('invalid-input', text, { fields: { 'spec.limits.diskBytes': text } })
  }
  const free = space(sys, HOST_PATHS.vz).availableBytes
  if (free < SPARE_BYTES) throw noSpace(free)
  revert.push('disk image', () => sys.remove(disk))
  const grown = findGrown(sys, cache, diskBytes)
  copy(sys, grown ?? cacheImage(cache.cache), disk)
  if (grown !== null || diskBytes === cache.sizeBytes) return
  sys.extend(disk, diskBytes)
  // -f: the image was checked when it was built, and its last-checked time is older than its last mount.
  mustRun(sys, ['resize2fs', '-f', disk])
  keepGrown(sys, cache, diskBytes, disk)
}

function isAttached(sys: Sys, veid: number): boolean {
  return mountOptions(sys, vePaths(veid).root) !== null
}

/**
 * One mount(8) takes a loop device, mounts and shifts ids. nodev: an image may hold device nodes. noinit_itable: zeroing
 * inode tables in the background would only fill the hole in the image. The loop device frees itself at umount.
 */
const attach: StorageDriver['attach'] = (sys, { veid, idBase }) => {
  const { disk, runHome, root } = vePaths(veid)
  if (isAttached(sys, veid)) return
  ensureDirectory(sys, `${HOST_PATHS.run}/ve`, 0o711)
  const owner = String(idBase)
  mustRun(sys, ['install', '-d', '-m', '700', '-o', owner, '-g', owner, runHome])
  ensureDirectory(sys, root)
  const map = `X-mount.idmap=b:0:${idBase}:${ID_RANGE_SIZE}`
  mustRun(sys, ['mount', '-t', 'ext4', '-o', `loop,nodev,noinit_itable,errors=remount-ro,${map}`, disk, root])
  if (isIdMapped(sys, root)) return
  detach(sys, veid)
  throw new Problem(
    'capability-missing',
    'The mount program of this host cannot shift ids (util-linux 2.39 can).',
  )
}

const detach: StorageDriver['detach'] = (sys, veid) => {
  const { root, runHome } = vePaths(veid)
  for (let tries = 0; isAttached(sys, veid); tries += 1) {
    const argv = ['umount', root]
    const result = sys.run(argv)
    if (result.code === 0) continue
    if (tries === DETACH_TRIES) throw commandFailed(argv, result)
    sys.sleep(20)
  }
  sys.remove(root)
  sys.remove(runHome)
}

export const image: StorageDriver = {
  create,
  attach,
  isAttached,
  detach,
  remove: (sys, veid) => {
    sys.remove(vePaths(veid).disk)
  },
  usedBytes: (sys, veid) => sys.stat(vePaths(veid).disk)?.diskBytes ?? null,
  durableFiles: (veid) => [vePaths(veid).disk],
}
