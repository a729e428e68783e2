import type { Sys } from '../sys/sys.ts'
import type { AttachedSpec } from './driver.ts'
import { QUOTA_MOUNT_OPTIONS } from './image-quota.ts'
import { mountRoot } from './root-mount.ts'
import { readSuperblock } from './superblock.ts'

/**
 * One mount(8) takes a loop device, mounts and shifts ids. noinit_itable: zeroing inode tables in the background would only fill
 * the hole in the image. The loop device frees itself at umount.
 */
export function mountImage(sys: Sys, spec: AttachedSpec, file: string, target: string): void {
  const options = ['loop', 'noinit_itable', 'errors=remount-ro', ...quotaOptions(sys, spec, file)]
  mountRoot(sys, { spec, target, words: ['-t', 'ext4', file], options, ids: 'by-mount' })
}

/** Without an option for them, users and groups are counted, and their limits kept, but do not hold. */
function quotaOptions(sys: Sys, { limits }: AttachedSpec, file: string): readonly string[] {
  if (!readSuperblock(sys, file)?.quota) return []
  return limits.quotaOwners > 0 ? QUOTA_MOUNT_OPTIONS : ['prjquota']
}
