/**
 * Quota of users and groups in a VE's disk image: ext4 keeps it in hidden files of its own, in its journal, so that it is right
 * after a power cut without a recount. Switched on and off while the image is not mounted.
 */
import { copyImage } from '../storage/image-copy.ts'
import { commandFailed, mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { demandOwnerQuota, keepsOwnerQuota, OWNER_QUOTA_OPTIONS } from './probe.ts'

/** Places in the superblock, struct ext4_super_block: https://docs.kernel.org/filesystems/ext4/globals.html */
const SUPERBLOCK = 1024
const COMPATIBLE_READ_ONLY = 0x64
const QUOTA_FEATURE = 0x100
const USER_INODE = 0x240
const GROUP_INODE = 0x244
const SUPERBLOCK_BYTES = 1024

/** e2fsck(8): 1 is "errors corrected". */
const CORRECTED = 1

/** Whether the image has files that users and groups are counted in. */
function hasOwnerQuota(sys: Sys, disk: string): boolean {
  const bytes = sys.readBytes(disk, SUPERBLOCK, SUPERBLOCK_BYTES)
  if (bytes === null || bytes.length < SUPERBLOCK_BYTES) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number) => view.getUint32(at, true)
  const features = word(COMPATIBLE_READ_ONLY)
  return (features & QUOTA_FEATURE) !== 0 && word(USER_INODE) !== 0 && word(GROUP_INODE) !== 0
}

/** In a copy, sharing blocks, which takes the name when it is whole: whenever this is cut short, one good image is there. */
function tune(sys: Sys, disk: string, quota: string): void {
  const copy = `${disk}.quota`
  sys.remove(copy)
  try {
    copyImage(sys, disk, copy)
    const check = ['e2fsck', '-f', '-p', copy]
    const checked = sys.run(check)
    if (checked.code > CORRECTED) throw commandFailed(check, checked)
    mustRun(sys, ['tune2fs', '-Q', quota, copy])
    mustRun(sys, ['sync', copy])
    sys.rename(copy, disk)
  } finally {
    sys.remove(copy)
  }
}

/**
 * Makes an image that is not mounted what `quotaOwners` asks for; gives what is to be added to the options of its mount. One that
 * counts no more keeps its limits, unless this kernel could not even mount it. Throws `capability-missing`.
 */
export function prepareOwnerQuota(sys: Sys, disk: string, quotaOwners: number): string {
  if (quotaOwners > 0) {
    demandOwnerQuota(sys)
    if (!hasOwnerQuota(sys, disk)) tune(sys, disk, 'usrquota,grpquota')
    return OWNER_QUOTA_OPTIONS
  }
  if (hasOwnerQuota(sys, disk) && !keepsOwnerQuota(sys)) tune(sys, disk, '^usrquota,^grpquota')
  return ''
}
