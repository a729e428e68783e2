/**
 * Held by the program that writes a VE's memory down, not by the agent that started it, which may be killed: until it has ended it holds
 * the VE's processes by ptrace(2), and leaves them frozen when it lets go of them. To kill it would leave code of its own in them.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'

/** Longer than a large memory takes to write. */
const WAIT_SECONDS = 900

const file = (veid: number) => `${HOST_PATHS.run}/lock/ve${veid}.dump`

/** The words before those of that program. */
export const dumpLocked = (veid: number): string[] => ['flock', '-F', file(veid)]

/** Waits for the end of one that outlived its agent. Throws `locked`. */
export function waitForDump(sys: Sys, veid: number): void {
  if (sys.stat(file(veid)) === null) return
  const ended = sys.run(['flock', '-w', String(WAIT_SECONDS), file(veid), 'true']).code === 0
  if (!ended) throw new Problem('locked', `The memory of VE ${veid} is still being written down.`)
}
