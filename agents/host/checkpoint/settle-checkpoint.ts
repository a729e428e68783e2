import { joinRestored } from '../network/restored.ts'
import { loadRuntime } from '../runtime/load.ts'
import type { Sys } from '../sys/sys.ts'
import { hasTraces, tearDown } from '../teardown.ts'
import { findSpec } from '../ve-store.ts'
import { checkpointPaths } from './checkpoint-paths.ts'
import { waitForDump } from './dump-lock.ts'
import { removeFolder } from './keep.ts'
import { letGo } from './stand-still.ts'

/**
 * Brings to an end what an agent that was killed had begun with the VE's memory, by what is on the disk (checkpoint-paths.ts). `kept`:
 * its processes, if they are on the kernel, have not moved since, and are taken off. `used`: they are the VE, and go on; if there are
 * none any more they have ended since. `next`: it was only being written, and the VE goes on. Call it with the VE's lock, before
 * anything else.
 */
export function settleCheckpoint(sys: Sys, veid: number): void {
  const { kept, next, used } = checkpointPaths(veid)
  const there = (folder: string) => sys.stat(folder) !== null
  if (there(next)) waitForDump(sys, veid)
  if (there(kept)) {
    const spec = findSpec(sys, veid)
    if (spec !== null && hasTraces(sys, spec)) tearDown(sys, { veid })
    removeFolder(sys, used)
  } else if (there(used) || there(next)) {
    const init = loadRuntime().init(sys, veid)
    const spec = init === null || !there(used) ? null : findSpec(sys, veid)
    if (init !== null) letGo(sys, { veid }, spec === null ? undefined : joinRestored(sys, spec, init.pid))
    removeFolder(sys, used)
  }
  removeFolder(sys, next)
}
