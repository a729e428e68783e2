/** A VE that stands still, cut off from its network: what a checkpoint of it begins and ends with. */
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { cutNetwork, uncutNetwork } from '../network/cut.ts'
import type { Revert } from '../revert.ts'
import { runAll } from '../run-all.ts'
import type { Sys } from '../sys/sys.ts'
import { freeze, thaw } from './freezer.ts'
import { waitForGuard } from './guard-lock.ts'

type Ve = Pick<VeSpec, 'veid'>

/**
 * Cuts a running VE off and freezes it; pushes how to let it go on. Whoever is killed after this leaves it so: the next request that
 * takes the VE's lock finds the folder of a checkpoint that was being written, and lets it go (settle-checkpoint.ts). So make that
 * folder first. Throws `checkpoint-failed`, `command-failed`.
 */
export function standStill(sys: Sys, { veid }: Ve, revert: Revert): void {
  revert.push('standstill', () => letGo(sys, { veid }))
  waitForGuard(sys, veid)
  // First: the kernel would go on acknowledging for processes that are frozen.
  cutNetwork(sys, veid, { tell: true })
  freeze(sys, veid)
}

/** Of one that was restored. For nft(8), with the cut; and what is begun once its network is there again. */
export type Restored = { counts: string; startConnected(): { wait(): unknown } }
const AS_BEFORE: Restored = { counts: '', startConnected: () => ({ wait: () => {} }) }

/** Harmless for one that goes on already. */
export function letGo(sys: Sys, { veid }: Ve, restored: Restored = AS_BEFORE): void {
  runAll(
    () => uncut(sys, veid, restored.counts),
    () => {
      const connecting = restored.startConnected()
      thaw(sys, veid)
      connecting.wait()
    },
  )
}

/** Cut off it would stay useless, uncounted it is not. */
function uncut(sys: Sys, veid: number, counts: string): void {
  try {
    uncutNetwork(sys, veid, counts)
  } catch (error) {
    if (counts !== '') uncutNetwork(sys, veid)
    throw error
  }
}
