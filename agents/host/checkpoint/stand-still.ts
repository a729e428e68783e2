/** A VE that stands still, cut off from its network: what a checkpoint of it begins and ends with. */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { cutNetwork, uncutNetwork } from '../network/cut.ts'
import type { Revert } from '../revert.ts'
import { runAll } from '../run-all.ts'
import type { Sys } from '../sys/sys.ts'
import { freeze, thaw } from './freezer.ts'

type Ve = Pick<VeSpec, 'veid'>

/**
 * Cuts a running VE off and freezes it; pushes how to let it go on. Whoever is killed after this leaves it so: the next request that
 * takes the VE's lock finds the folder of a checkpoint that was being written, and lets it go (settle-checkpoint.ts). So make that
 * folder first. Throws `checkpoint-failed`, `command-failed`.
 */
export function standStill(sys: Sys, { veid }: Ve, revert: Revert): void {
  revert.push('standstill', () => letGo(sys, { veid }))
  // First: the kernel would go on acknowledging for processes that are frozen.
  cutNetwork(sys, veid, { tell: true })
  freeze(sys, veid)
}

/** Harmless for one that goes on already. `connected`: before it moves, its network being there again. */
export function letGo(sys: Sys, { veid }: Ve, connected: () => void = () => {}): void {
  runAll(
    () => uncutNetwork(sys, veid),
    connected,
    () => thaw(sys, veid),
  )
}
