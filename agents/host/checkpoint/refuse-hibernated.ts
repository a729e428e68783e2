import { Problem } from '../../../lib/contract/problem.ts'
import type { Sys } from '../sys/sys.ts'
import { readCheckpoint } from './checkpoint-meta.ts'

/** Throws `ve-state-forbids` for a VE whose processes are on the disk: its disk and its settings stay as they left them. */
export function refuseHibernated(sys: Sys, veid: number): void {
  if (readCheckpoint(sys, veid) === null) return
  throw new Problem('ve-state-forbids', `VE ${veid} is hibernated: resume it, or stop it, first.`)
}
