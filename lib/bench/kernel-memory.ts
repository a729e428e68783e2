import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

/** Bytes: of the kernel, of the host's processes that serve VEs, of all programs of the machine. */
export type MemoryLook = { kernel: number; monitors: number; programs: number }

/**
 * `rollups`: what the smaps_rollup files of the host's processes that serve VEs say. Before it looks, it has the kernel give back
 * what it can do without, on the whole machine (drop_caches, proc_sys_vm(5)): caches of names, inodes and block devices are no
 * overhead, what is left of them is.
 */
export function lookAtMemory(rollups: string): MemoryLook {
  writeFileSync('/proc/sys/vm/drop_caches', '3')
  const pageBytes = Number(execFileSync('getconf', ['PAGESIZE'], { encoding: 'utf8' }))
  // One after the other at once: pages go from one account to another all the time.
  const meminfo = readFileSync('/proc/meminfo', 'utf8')
  const zoneinfo = readFileSync('/proc/zoneinfo', 'utf8')
  return {
    kernel: kernelMemory(meminfo) - freeAtHand(zoneinfo) * pageBytes,
    monitors: proportionalSize(rollups),
    programs: field(meminfo, 'AnonPages') + field(meminfo, 'Mapped'),
  }
}

/**
 * From the text of /proc/meminfo (proc_meminfo(5)): all that is neither called free nor on one of the lists of pages that belong to programs
 * and files. So it has what meminfo has no name for; and of those lists, files in memory (tmpfs) and what is left of block devices.
 */
export function kernelMemory(meminfo: string): number {
  const of = (name: string) => field(meminfo, name)
  const listed = of('Active') + of('Inactive') + of('Unevictable')
  return of('MemTotal') - of('MemFree') - listed + of('Shmem') + of('Buffers')
}

/**
 * Pages that each processor keeps at hand to give out, which meminfo does not call free: hundreds of megabytes at times. From the
 * text of /proc/zoneinfo (proc_zoneinfo(5)).
 */
export function freeAtHand(zoneinfo: string): number {
  return [...zoneinfo.matchAll(/^\s+count:\s+(\d+)$/gm)].reduce((sum, [, pages]) => sum + Number(pages), 0)
}

function field(meminfo: string, name: string): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]
  if (kib === undefined) throw new Error(`/proc/meminfo has no ${name}.`)
  return Number(kib) * 1024
}

/** Each with its part of what it shares with others. */
export function proportionalSize(rollups: string): number {
  return [...rollups.matchAll(/^Pss:\s+(\d+) kB$/gm)].reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0)
}
