/** What the superblock of an ext4 image says: its offsets are in the kernel's Documentation/filesystems/ext4/super.rst. */
import type { Sys } from '../sys/sys.ts'

const OFFSET = 1024
const LENGTH = 1024
const MAGIC = 0xef53
const BIT_64 = 0x80
const RO_QUOTA = 0x100
const RO_PROJECT = 0x2000

export type Superblock = {
  totalBytes: number
  /** Right as long as the file system is not mounted. */
  freeBytes: number
  totalInodes: number
  freeInodes: number
  /** It counts for users, groups and projects, in files of its own. */
  quota: boolean
}

/** Null when there is no image, or no ext4 in it. */
export function readSuperblock(sys: Sys, image: string): Superblock | null {
  const bytes = sys.readBytes(image, OFFSET, LENGTH)
  return bytes === null ? null : parseSuperblock(bytes)
}

export function parseSuperblock(bytes: Uint8Array): Superblock | null {
  if (bytes.length < LENGTH) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number) => view.getUint32(at, true)
  if (view.getUint16(0x38, true) !== MAGIC) return null
  const blockBytes = 1024 * 2 ** word(0x18)
  const wide = (word(0x60) & BIT_64) !== 0
  const blocks = (low: number, high: number) => (word(low) + (wide ? word(high) * 2 ** 32 : 0)) * blockBytes
  return {
    totalBytes: blocks(0x4, 0x150),
    freeBytes: blocks(0xc, 0x158),
    totalInodes: word(0x0),
    freeInodes: word(0x10),
    quota: (word(0x64) & RO_QUOTA) !== 0 && (word(0x64) & RO_PROJECT) !== 0,
  }
}
