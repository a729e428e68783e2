/** What a plan gives, what the panel's record of a VE says, and what its host's agent last told: side by side. Pure; browser-safe. */
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { BeancounterStatus } from '../contract/beancounters.ts'
import { CAPABILITIES } from '../contract/capabilities.ts'
import { STORAGE } from '../contract/storage.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import {
  LIMIT_FIELD,
  LIMIT_FIELDS,
  type LimitField,
  type LimitValue,
  limitValue,
  sameValue,
} from './limit-fields.ts'
import { type Enforcer, neededFor } from './misfits.ts'

/**
 * What the kernel makes of a limit, as far as the agent told. `holds`: "unknown" where it did not. `held`: what the VE has of it
 * now, in the limit's unit; null where that is not counted or it does not run.
 */
export type KernelView = {
  holds: BeancounterStatus | 'unknown'
  held: number | null
  note: string | null
}

export type ComparedLimit = {
  field: LimitField
  /** Null when the VE has no plan. */
  plan: LimitValue | null
  ve: LimitValue
  kernel: KernelView
  /** Plan and record are not the same. */
  differs: boolean
}

/** Every limit, in the order of LIMIT_FIELDS. */
export function compareLimits(
  plan: VeLimits | null,
  ve: VeLimits,
  host: Enforcer,
  observed: ObservedVe | null,
): ComparedLimit[] {
  return LIMIT_FIELDS.map((field) => {
    const [given, has] = [plan && limitValue(plan, field), limitValue(ve, field)]
    const differs = given !== null && !sameValue(given, has)
    return { field, plan: given, ve: has, kernel: kernelView(field, host, observed), differs }
  })
}

function kernelView(field: LimitField, host: Enforcer, observed: ObservedVe | null): KernelView {
  const held = heldOf(field, observed)
  const { beancounter } = LIMIT_FIELD[field]
  const capability = neededFor(field, host.storage)
  if (capability === 'never')
    return { holds: 'unavailable', held, note: `${STORAGE[host.storage].label} storage has no such limit.` }
  const report = capability && host.capabilities?.[capability]
  if (capability && report && !report.available) {
    const note = report.reason ?? `It lacks “${CAPABILITIES[capability]}”.`
    return { holds: 'unavailable', held, note }
  }
  const status = beancounter && host.facts?.beancounters?.[beancounter]
  if (status) return { holds: status.status, held, note: status.note }
  // A disk always has its size.
  const known = report || capability === null
  return { holds: known ? 'enforced' : 'unknown', held, note: null }
}

const FILE_SYSTEM = { diskBytes: 'usedBytes', diskInodes: 'usedInodes' } as const

/** Counted once, where a beancounter is two limits: with the one that names it. */
function heldOf(field: LimitField, observed: ObservedVe | null): number | null {
  if (!observed) return null
  if (field === 'diskBytes' || field === 'diskInodes')
    return observed.fileSystem?.[FILE_SYSTEM[field]] ?? null
  const { beancounter } = LIMIT_FIELD[field]
  if (!beancounter || field === 'memoryThrottleBytes') return null
  return observed.beancounters?.[beancounter]?.held ?? toldApart(field, observed)
}

/** Of an agent that tells no beancounters. */
const toldApart = (field: LimitField, { memoryBytes, processes }: ObservedVe) =>
  field === 'memoryBytes' ? memoryBytes : field === 'processes' ? processes : null
