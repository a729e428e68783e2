import { STORAGE_DRIVERS } from '../../lib/contract/storage.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { forgetHaltAsked, haltAsked } from './halt-intent.ts'
import { classifyExit, STOPPED_BY_HOST, storeLastExit } from './last-exit.ts'
import { asMade } from './made.ts'
import { detachNetwork, hasNetworkTraces } from './network/converge.ts'
import { runAll } from './run-all.ts'
import { loadRuntime } from './runtime/load.ts'
import { loadStorage } from './storage/load.ts'
import { removeRescueDisk } from './storage/rescue-disk.ts'
import type { Sys } from './sys/sys.ts'

/**
 * Takes everything of a VE off the kernel: processes, namespaces, cgroups, interfaces, mount, loop device. Its data stays.
 * Harmless when there is nothing, so it also clears up after a VE that died or an agent that was killed. What cannot be taken
 * away keeps nothing else from going; what still runs keeps all it has, its guard too.
 */
export function tearDown(sys: Sys, { veid }: Pick<VeSpec, 'veid'>): void {
  loadRuntime().kill(sys, veid)
  runAll(
    () => loadRuntime().remove(sys, veid),
    () => detachNetwork(sys, { veid }),
    // Of a VE that was never made whole nobody knows which.
    ...STORAGE_DRIVERS.map((name) => () => loadStorage(name).detach(sys, veid)),
  )
}

/** The same for one that stays stopped: how its init ended is noted first, its rescue system goes. */
export function takeOff(sys: Sys, spec: VeSpec): void {
  runAll(
    () => noteExit(sys, spec),
    () => tearDown(sys, spec),
  )
  removeRescueDisk(sys, spec.veid)
  forgetHaltAsked(sys, spec.veid)
}

/** Notes how init ended, which is by us when it runs yet. Nothing when none ran. */
export function noteExit(sys: Sys, spec: VeSpec): void {
  const runtime = loadRuntime()
  const exit = runtime.exit(sys, spec.veid)
  if (exit !== null) {
    storeLastExit(sys, spec.veid, classifyExit(exit, asMade(sys, spec).kind, haltAsked(sys, spec.veid)))
  } else if (runtime.init(sys, spec.veid) !== null) storeLastExit(sys, spec.veid, STOPPED_BY_HOST)
}

/** Whether a stopped VE has left anything on the kernel, or a rescue system on the disk. */
export function hasTraces(sys: Sys, spec: VeSpec): boolean {
  return (
    loadRuntime().hasTraces(sys, spec.veid) ||
    hasNetworkTraces(sys, spec.veid) ||
    loadStorage(spec.storage).isAttached(sys, spec.veid)
  )
}
