import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes, MIB } from '../../../lib/contract/units.ts'
import { space } from '../facts/space.ts'
import type { Sys } from '../sys/sys.ts'

/** Below this a file system is as good as full: journals and metadata of running VEs need room. */
const SPARE_BYTES = 256 * MIB

export function noSpace(free: number): Problem {
  return new Problem('no-disk-space', `Only ${formatBytes(free)} are free on ${HOST_PATHS.vz}.`)
}

/** Before another VE is put there. Throws `no-disk-space`. */
export function refuseFullHost(sys: Sys): void {
  refuseWithout(sys, 0)
}

/** Before so much is copied. Throws `no-disk-space`. */
export function refuseWithout(sys: Sys, bytes: number): void {
  const free = space(sys, HOST_PATHS.vz).availableBytes
  if (free < bytes + SPARE_BYTES) throw noSpace(free)
}
