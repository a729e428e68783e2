/** An ext4 image per VE: reflinked from the cache, grown, mounted through a loop device with shifted ids. */
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { cacheImage, vePaths } from '../paths.ts'
import { demandOwnerQuota } from '../quota/probe.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { refuseBelowUse, refuseSet } from './demand.ts'
import type { AttachedSpec, LimitChange, StorageDriver } from './driver.ts'
import { refuseFullHost } from './free-space.ts'
import { findGrown, keepGrown } from './grown-images.ts'
import { copyImage } from './image-copy.ts'
import { mountImage } from './image-mount.ts'
import {
  enableQuota,
  needsQuota,
  probeImageQuota,
  probeImageSoftLimits,
  setImageQuota,
} from './image-quota.ts'
import { changeDetached, resizeImage } from './image-resize.ts'
import { imageUse } from './image-use.ts'
import { isMounted, ownMountPoint, unmountAll } from './root-mount.ts'
import { imageSnapshots } from './snapshots/image.ts'
import { readSuperblock } from './superblock.ts'

/** Of a template's file system, see build-image.ts: what it grows by comes with as many. */
const BYTES_PER_INODE = 16_384

/** A limit that its size keeps anyway needs no quota. */
function beyondSize(limits: VeLimits): VeLimits {
  const { diskInodes, diskBytes } = limits
  const kept = diskInodes !== null && diskInodes >= Math.ceil(diskBytes / BYTES_PER_INODE)
  return kept ? { ...limits, diskInodes: null } : limits
}

/** What is limited beyond the size needs quota in the host's kernel, in the image, and users that are not the host's. */
function demandQuota(sys: Sys, { to, running }: LimitChange): void {
  const limits = beyondSize(to.limits)
  if (!needsQuota(limits)) return
  const fields = ['diskInodes', 'diskSoftBytes', 'diskSoftInodes'] as const
  const missing = probeImageQuota(sys)
  if (missing !== null)
    refuseSet(limits, fields, `An image on this host limits no more than its size. ${missing}`)
  const noSoft = probeImageSoftLimits(sys)
  if (noSoft !== null) refuseSet(limits, ['diskSoftBytes', 'diskSoftInodes'], noSoft)
  if (!to.namespaces.includes('user')) {
    refuseSet(limits, fields, 'A VE whose users are the host’s could step out of it.')
  }
  if (running && readSuperblock(sys, vePaths(to.veid).disk)?.quota !== true) {
    refuseSet(limits, fields, 'Its image was made without quota: stop the VE first.')
  }
}

function demandSize(sys: Sys, { from, to, running }: LimitChange): void {
  if (from === null) return
  const whole = readSuperblock(sys, vePaths(to.veid).disk)
  const seen = imageUse(sys, [from]).get(to.veid)?.fileSystem ?? null
  const stopped = whole && {
    usedBytes: whole.totalBytes - whole.freeBytes,
    usedInodes: whole.totalInodes - whole.freeInodes,
  }
  const use = seen ?? stopped
  if (use !== null) refuseBelowUse(from.limits, to.limits, use)
  if (!running || to.limits.diskBytes >= from.limits.diskBytes) return
  const text = 'An image shrinks only while its VE is stopped.'
  throw new Problem('ve-state-forbids', text, { fields: { 'spec.limits.diskBytes': text } })
}

const create: StorageDriver['create'] = (sys, spec, cache, revert) => {
  const { disk } = vePaths(spec.veid)
  const { diskBytes } = spec.limits
  if (diskBytes < cache.sizeBytes) {
    const text = `The template needs at least ${formatBytes(cache.sizeBytes)}.`
    throw new Problem('invalid-input', text, { fields: { 'spec.limits.diskBytes': text } })
  }
  refuseFullHost(sys)
  revert.push('disk image', () => sys.remove(disk))
  const grown = findGrown(sys, cache, diskBytes)
  copyImage(sys, grown ?? cacheImage(cache.cache), disk)
  if (grown === null && diskBytes !== cache.sizeBytes) {
    sys.extend(disk, diskBytes)
    // -f: the image was checked when it was built, and its last-checked time is older than its last mount.
    mustRun(sys, ['resize2fs', '-f', disk])
  }
  // Always, so that limits can be given to it while it runs; in what is kept, too.
  if (probeImageQuota(sys) === null) enableQuota(sys, disk)
  if (grown === null) keepGrown(sys, cache, diskBytes, disk)
}

/** An image from elsewhere, or from an older agent, gets it before it is mounted where something is to be counted. */
function ensureQuota(sys: Sys, { veid, limits }: AttachedSpec): void {
  const { disk } = vePaths(veid)
  const counts = limits.quotaOwners > 0
  if ((!counts && !needsQuota(beyondSize(limits))) || readSuperblock(sys, disk)?.quota) return
  if (counts) demandOwnerQuota(sys)
  changeDetached(sys, disk, (copy) => enableQuota(sys, copy))
}

const attach: StorageDriver['attach'] = (sys, spec, aside = false) => {
  const { disk, root, ownRoot } = vePaths(spec.veid)
  const target = aside ? ownRoot : root
  if (!isMounted(sys, spec.veid)) ensureQuota(sys, spec)
  mountImage(sys, spec, disk, target)
  // Each time: it may have been attached with other limits by what was taken back since.
  if (readSuperblock(sys, disk)?.quota) setImageQuota(sys, target, beyondSize(spec.limits))
}

/** Of a stopped VE, what is beyond the size is set when it is attached. */
const limit: StorageDriver['limit'] = (sys, spec) => {
  const { disk } = vePaths(spec.veid)
  resizeImage(sys, spec.veid, spec.limits.diskBytes)
  const at = ownMountPoint(sys, spec.veid)
  if (at !== null && readSuperblock(sys, disk)?.quota) setImageQuota(sys, at, beyondSize(spec.limits))
}

export const image: StorageDriver = {
  demand: (sys, change) => {
    demandSize(sys, change)
    demandQuota(sys, change)
  },
  create,
  attach,
  limit,
  isAttached: isMounted,
  detach: unmountAll,
  remove: (sys, veid) => {
    sys.remove(vePaths(veid).disk)
    imageSnapshots.clear(sys, veid)
  },
  use: imageUse,
  snapshots: imageSnapshots,
  // Of a mounted one, too, this ends with the image: the loop device passes the file system's flush on as fsync(2).
  persist: (sys, veid) => {
    const { root, disk } = vePaths(veid)
    mustRun(sys, isMounted(sys, veid) ? ['sync', '--file-system', root] : ['sync', disk])
  },
}
