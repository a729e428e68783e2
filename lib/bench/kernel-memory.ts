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
  const meminfo = readFileSync('/proc/meminfo', 'utf8')
  return {
    kernel: kernelMemory(meminfo),
    monitors: proportionalSize(rollups),
    programs: field(meminfo, 'AnonPages') + field(meminfo, 'Mapped'),
  }
}

/**
 * From the text of /proc/meminfo (proc_meminfo(5)): all that is neither free, nor a program's own, nor the contents of a file on a
 * disk. So it has what meminfo has no name for, and files in memory (tmpfs).
 */
export function kernelMemory(meminfo: string): number {
  const files = field(meminfo, 'Cached') - field(meminfo, 'Shmem')
  return field(meminfo, 'MemTotal') - field(meminfo, 'MemFree') - files - field(meminfo, 'AnonPages')
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
