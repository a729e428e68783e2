import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Sys } from '../sys/sys.ts'

/** Connects a VE that has been made and does not run yet. */
export interface NetworkDriver {
  attach(sys: Sys, spec: VeSpec, initPid: number): void
  /** Takes everything of it off the host. Harmless when there is nothing. */
  detach(sys: Sys, veid: number, interfaces: readonly VeInterface[]): void
  /** Whether anything of it is on the host. */
  hasTraces(sys: Sys, veid: number): boolean
}
