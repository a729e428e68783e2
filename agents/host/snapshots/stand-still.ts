/**
 * All processes of a VE stand still while something is done. They go on whatever becomes of this process: a child waits for its end,
 * and lets them go then.
 */

import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { freeze, freezerFile } from '../checkpoint/freezer.ts'
import { guardLocked } from '../checkpoint/guard-lock.ts'
import { letGo } from '../checkpoint/stand-still.ts'
import { cutNetwork, uncutText } from '../network/cut.ts'
import type { Sys } from '../sys/sys.ts'

/** For sh(1), once standard input has ended: words for nft(8), then what to write where. */
const GUARD = 'cat; printf %s "$1" | nft -f -; echo "$2" >"$3"'

export type StillOptions = {
  /** Nothing reaches it, and nothing leaves it: the kernel would go on acknowledging for it. */
  cutOff: boolean
}

/** Of a VE that runs. Throws `checkpoint-failed` when it cannot be brought to it; it goes on then. */
export function whileStill<T>(
  sys: Sys,
  { veid }: Pick<VeSpec, 'veid'>,
  { cutOff }: StillOptions,
  work: () => T,
): T {
  const { path, thaw } = freezerFile(sys, veid)
  const guard = sys.hold([
    ...guardLocked(veid),
    'sh',
    '-c',
    GUARD,
    'guard',
    cutOff ? uncutText(veid) : '',
    thaw,
    path,
  ])
  try {
    if (!guard.held()) throw new Problem('agent-failed', 'What lets the VE go on could not be started.')
    if (cutOff) cutNetwork(sys, veid)
    freeze(sys, veid)
    return work()
  } finally {
    try {
      letGo(sys, { veid })
    } finally {
      guard.release()
    }
  }
}
