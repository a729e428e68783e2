import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { loadNetwork } from './network/load.ts'
import { loadRuntime } from './runtime/load.ts'
import { loadStorage } from './storage/load.ts'
import type { Sys } from './sys/sys.ts'

/**
 * Takes everything of a VE off the kernel: processes, namespaces, cgroups, interfaces, mount, loop device. Its data stays.
 * Harmless when there is nothing, so it also clears up after a VE that died or an agent that was killed.
 */
export function tearDown(sys: Sys, spec: VeSpec): void {
  loadRuntime().remove(sys, spec.veid)
  loadNetwork().detach(sys, spec.veid, spec.interfaces)
  loadStorage(spec.storage).detach(sys, spec.veid)
}

/** Whether a stopped VE has left anything on the kernel. */
export function hasTraces(sys: Sys, spec: VeSpec): boolean {
  return (
    loadRuntime().hasTraces(sys, spec.veid) ||
    loadNetwork().hasTraces(sys, spec.veid) ||
    loadStorage(spec.storage).isAttached(sys, spec.veid)
  )
}
