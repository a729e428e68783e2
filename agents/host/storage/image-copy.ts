import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { space } from '../facts/space.ts'
import { commandFailed } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { noSpace } from './free-space.ts'

/** Sharing blocks where the file system can. */
export function copyImage(sys: Sys, from: string, to: string): void {
  const argv = ['cp', '--reflink=auto', '--sparse=auto', from, to]
  const copied = sys.run(argv)
  if (/No space left/.test(copied.stderr)) throw noSpace(space(sys, HOST_PATHS.vz).availableBytes)
  if (copied.code !== 0) throw commandFailed(argv, copied)
}
