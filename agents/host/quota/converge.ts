import type { VeSpec } from '../../../lib/contract/ve-spec.ts'
import type { Revert } from '../revert.ts'
import type { Sys } from '../sys/sys.ts'
import { enforceQuota } from './kernel.ts'
import { enforcedPlace } from './place.ts'

/**
 * Of a running VE: limits of its users and groups hold from when it counts any, and no longer than that; they are kept. That its image
 * has no quota at all is refused before.
 */
export function convergeOwnerQuota(
  sys: Sys,
  from: VeSpec,
  to: VeSpec,
  _initPid: number,
  revert: Revert,
): void {
  const [counted, counts] = [from, to].map(({ limits }) => limits.quotaOwners > 0)
  const place = enforcedPlace(sys, to)
  if (counted === counts || place === null) return
  revert.push('quota of users and groups', () => enforceQuota(sys, place, counted === true))
  enforceQuota(sys, place, counts === true)
}
