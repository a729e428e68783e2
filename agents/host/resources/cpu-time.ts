import { peek, readNumber, valueAfter } from '../beancounters/numbers.ts'
import type { Sys } from '../sys/sys.ts'
import { cgroupVersion, ROOT } from './cgroup.ts'

/** CPU time that a control group has used; null when there is none. */
export function cpuMicroseconds(sys: Sys, path: string): number | null {
  if (cgroupVersion(sys) === 2) return valueAfter(peek(sys, `${ROOT}${path}/cpu.stat`), 'usage_usec ')
  const nanoseconds = readNumber(sys, `${ROOT}/cpuacct${path}/cpuacct.usage`)
  return nanoseconds === null ? null : Math.floor(nanoseconds / 1000)
}
