import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'
import { checkpointPaths } from './checkpoint-paths.ts'

/**
 * Throws `ve-state-forbids` for a VE whose processes are on the disk, even where what is told of them cannot be read: its disk and its
 * settings stay as they left them, and one that ran beside them would be taken off (settle-checkpoint.ts).
 */
export function refuseHibernated(sys: Sys, veid: number): void {
  if (sys.stat(checkpointPaths(veid).kept) === null) return
  throw new Problem('ve-state-forbids', `VE ${veid} is hibernated: resume it, or stop it, first.`)
}
