import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** `uname -m`, without starting it where the kernel (≥ 6.1) says so in a file. */
export function machineOf(sys: Sys): string {
  return (sys.read('/proc/sys/kernel/arch') ?? mustRun(sys, ['uname', '-m']).stdout).trim()
}
