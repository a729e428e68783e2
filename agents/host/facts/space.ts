import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** Bytes of the file system at `path`; `availableBytes` leaves out what is reserved for root. */
export type Space = { totalBytes: number; availableBytes: number; usedBytes: number }

export function space(sys: Sys, path: string): Space {
  const [size = 0, blocks = 0, free = 0, available = 0] = mustRun(sys, [
    'stat',
    '-f',
    '-c',
    '%S %b %f %a',
    path,
  ])
    .stdout.split(' ')
    .map(Number)
  return { totalBytes: blocks * size, availableBytes: available * size, usedBytes: (blocks - free) * size }
}
