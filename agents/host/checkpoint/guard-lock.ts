/**
 * Held by the guard that lets a VE go on when the agent that froze it was killed: whoever freezes it next waits for its end, or it would
 * let go of what is frozen for another reason by then.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'

const WAIT_SECONDS = '20'
const file = (veid: number) => `${HOST_PATHS.run}/lock/ve${veid}.guard`

/** The words before those of the guard. It waits for one before it. */
export const guardLocked = (veid: number): string[] => ['flock', '-w', WAIT_SECONDS, '-F', file(veid)]

/** Throws `locked`. */
export function waitForGuard(sys: Sys, veid: number): void {
  if (sys.stat(file(veid)) === null) return
  if (sys.run(['flock', '-w', WAIT_SECONDS, file(veid), 'true']).code === 0) return
  throw new Problem('locked', `VE ${veid} is still being let go after an agent that was killed.`)
}
