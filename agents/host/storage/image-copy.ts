import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { formatBytes } from '../../../lib/contract/units.ts'
import { space } from '../facts/space.ts'
import { commandFailed } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

export function noSpace(free: number): Problem {
  return new Problem('no-disk-space', `Only ${formatBytes(free)} are free on ${HOST_PATHS.vz}.`)
}

/** Sharing blocks where the file system can. */
export function copyImage(sys: Sys, from: string, to: string): void {
  const argv = ['cp', '--reflink=auto', '--sparse=auto', from, to]
  const copied = sys.run(argv)
  if (/No space left/.test(copied.stderr)) throw noSpace(space(sys, HOST_PATHS.vz).availableBytes)
  if (copied.code !== 0) throw commandFailed(argv, copied)
}
