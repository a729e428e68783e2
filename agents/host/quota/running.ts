import { Problem } from '../../../lib/contract/problem.ts'
import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import { loadRuntime } from '../runtime/load.ts'
import type { Sys } from '../sys/sys.ts'

/** The file system of a stopped VE is not mounted, and what is not mounted counts nobody. Throws `ve-state-forbids`. */
export function demandRunning(sys: Sys, { veid }: Pick<VeSpec, 'veid'>): void {
  if (loadRuntime().init(sys, veid) !== null) return
  throw new Problem(
    've-state-forbids',
    `VE ${veid} does not run: its users and groups are counted while it does.`,
  )
}
