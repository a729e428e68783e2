import type { Sys } from '../sys/sys.ts'
import { removeMoveKey } from './link.ts'
import { readOutgoing, removeOutgoing } from './outgoing.ts'
import { removeCopies } from './passes.ts'

/** All that a move from here has left beside the VE itself. Harmless when there is none. The record goes last. */
export function forgetOutgoing(sys: Sys, veid: number): void {
  const outgoing = readOutgoing(sys, veid)
  if (outgoing !== null) removeMoveKey(sys, outgoing.move)
  removeCopies(sys, veid)
  removeOutgoing(sys, veid)
}
