/** btrfs-subvolume(8) and btrfs-qgroup(8), as far as VEs need them. */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** The kernel's BTRFS_FIRST_FREE_OBJECTID: the top of every subvolume. */
const TOP_INODE = 256

export function isSubvolume(sys: Sys, path: string): boolean {
  const stat = sys.stat(path)
  if (stat?.kind !== 'directory' || stat.inode !== TOP_INODE) return false
  return sys.run(['stat', '-f', '-c', '%T', path]).stdout.trim() === 'btrfs'
}

/** By which its quota group, 0/ID, is known. */
export function subvolumeId(sys: Sys, path: string): number {
  return Number(mustRun(sys, ['btrfs', 'inspect-internal', 'rootid', path]).stdout)
}

/**
 * What may be referenced by a subvolume, shared with others or not. Where quota is off, it is turned on: what is there already is
 * counted once, which takes its time.
 */
export function limitSubvolume(sys: Sys, path: string, bytes: number): void {
  const argv = ['btrfs', '-q', 'qgroup', 'limit', String(bytes), path]
  if (sys.run(argv).code === 0) return
  mustRun(sys, ['btrfs', '-q', 'quota', 'enable', HOST_PATHS.vz])
  mustRun(sys, ['btrfs', '-q', 'quota', 'rescan', '-w', HOST_PATHS.vz])
  mustRun(sys, argv)
}

/** Bytes that each subvolume references, as last committed; committed first when it is `exact`. Empty where quota is off. */
export function referencedBytes(sys: Sys, exact: boolean): Map<number, number> {
  const argv = ['btrfs', 'qgroup', 'show', '--raw', ...(exact ? ['--sync'] : []), HOST_PATHS.vz]
  return parseQgroups(sys.run(argv).stdout)
}

/** Bytes that each shares with no other, likewise. */
export function exclusiveBytes(sys: Sys): Map<number, number> {
  return parseQgroups(sys.run(['btrfs', 'qgroup', 'show', '--raw', HOST_PATHS.vz]).stdout, 'exclusive')
}

export function parseQgroups(
  text: string,
  which: 'referenced' | 'exclusive' = 'referenced',
): Map<number, number> {
  const rows = text.matchAll(/^0\/(\d+)\s+(\d+)\s+(\d+)/gm)
  return new Map(
    [...rows].map(([, id, referenced, exclusive]) => [
      Number(id),
      Number(which === 'referenced' ? referenced : exclusive),
    ]),
  )
}

/** The quota group of a subvolume outlives it, where the kernel does not see to it: those of earlier ones go now. */
export function deleteSubvolume(sys: Sys, path: string): void {
  if (!isSubvolume(sys, path)) return
  mustRun(sys, ['btrfs', '-q', 'subvolume', 'delete', path])
  sys.run(['btrfs', '-q', 'qgroup', 'clear-stale', HOST_PATHS.vz])
}
