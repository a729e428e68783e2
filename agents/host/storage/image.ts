/** An ext4 image per VE: reflinked from the cache, grown, mounted through a loop device with shifted ids. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes, MIB } from '../../../lib/contract/units.ts'
import { space } from '../facts/space.ts'
import { cacheImage, vePaths } from '../paths.ts'
import { mustRun } from '../sys/run.ts'
import type { StorageDriver } from './driver.ts'
import { findGrown, keepGrown } from './grown-images.ts'
import { copyImage, noSpace } from './image-copy.ts'
import { growImage } from './image-grow.ts'
import { isMounted, mountImage, unmountAll } from './image-mount.ts'

/** Below this a file system is as good as full: journals and metadata of running VEs need room. */
const SPARE_BYTES = 256 * MIB

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
  copyImage(sys, grown ?? cacheImage(cache.cache), disk)
  if (grown !== null || diskBytes === cache.sizeBytes) return
  sys.extend(disk, diskBytes)
  // -f: the image was checked when it was built, and its last-checked time is older than its last mount.
  mustRun(sys, ['resize2fs', '-f', disk])
  keepGrown(sys, cache, diskBytes, disk)
}

const attach: StorageDriver['attach'] = (sys, spec, aside = false) => {
  const { disk, root, ownRoot } = vePaths(spec.veid)
  mountImage(sys, spec, disk, aside ? ownRoot : root)
}

export const image: StorageDriver = {
  create,
  attach,
  grow: (sys, { veid, limits }) => growImage(sys, veid, limits.diskBytes),
  isAttached: isMounted,
  detach: unmountAll,
  remove: (sys, veid) => {
    sys.remove(vePaths(veid).disk)
  },
  usedBytes: (sys, veid) => sys.stat(vePaths(veid).disk)?.diskBytes ?? null,
  // Of a mounted one, too, this ends with the image: the loop device passes the file system's flush on as fsync(2).
  persist: (sys, veid) => {
    const { root, disk } = vePaths(veid)
    mustRun(sys, isMounted(sys, veid) ? ['sync', '--file-system', root] : ['sync', disk])
  },
}
