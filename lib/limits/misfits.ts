/** What of a set of limits a host cannot hold a VE to, each with the reason. Pure; browser-safe. */
import { CAPABILITIES, type Capability, type CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { parseNumberList } from '../contract/number-list.ts'
import { Problem } from '../contract/problem.ts'
import { STORAGE, type StorageDriver } from '../contract/storage.ts'
import { formatBytes } from '../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimits } from '../contract/ve-limits.ts'
import { changedLimits } from './limit-differences.ts'
import { LIMIT_FIELD, LIMIT_FIELDS, type LimitField, limitValue, sameValue } from './limit-fields.ts'

export type Enforcer = {
  name: string
  /** Of the VE there. */
  storage: StorageDriver
  /** As its agent told them; an older agent leaves out what it did not know of. */
  facts: Partial<HostFacts> | null
  capabilities: CapabilityReport | null
}
export type Misfit = { field: LimitField; text: string }

/** Empty when the host can hold all of it. What a host has not reported yet is left for its agent to judge. */
export function misfits(limits: VeLimits, host: Enforcer): Misfit[] {
  return [
    ...LIMIT_FIELDS.flatMap((field) => misfitOf(limits, host, field)),
    ...beyond(limits, host),
    ...outside(limits, host),
  ]
}

/** One limit that asks for more than to be counted, where the host cannot do that. */
function misfitOf(limits: VeLimits, host: Enforcer, field: LimitField): Misfit[] {
  if (!asksFor(limits, field)) return []
  const { name, storage, capabilities, facts } = host
  const { beancounter } = LIMIT_FIELD[field]
  const capability = neededFor(field, storage)
  if (capability === 'never') return [{ field, text: `${STORAGE[storage].label} storage has no such limit.` }]
  const report = capability && capabilities?.[capability]
  if (capability && report && !report.available)
    return [{ field, text: `${name} lacks “${CAPABILITIES[capability]}”: ${reasonOf(report.reason)}` }]
  const here = beancounter && facts?.beancounters?.[beancounter]
  if (here?.status === 'unavailable')
    return [{ field, text: `${name} has no ${beancounter}: ${reasonOf(here.note)}` }]
  return []
}

const KEPT = {
  diskInodes: 'limitsInodes',
  diskSoftBytes: 'softLimits',
  diskSoftInodes: 'softLimits',
  diskGraceSeconds: 'softLimits',
} as const

/** What a host must be able to do to hold a limit; "never" where the VE's storage has no such thing, null where nothing is needed. */
export function neededFor(field: LimitField, storage: StorageDriver): Capability | 'never' | null {
  const kept = field in KEPT ? STORAGE[storage][KEPT[field as keyof typeof KEPT]] : 'by-kernel'
  if (kept === 'no') return 'never'
  return kept === 'at-run-time' ? null : LIMIT_FIELD[field].capability
}

const reasonOf = (text: string | null) => text ?? 'it does not say why.'

/** Left at what every VE gets, a limit is none that anybody asked for: what a host makes of it its page shows. */
function asksFor(limits: VeLimits, field: LimitField): boolean {
  // Of no meaning without a soft limit.
  if (field === 'diskGraceSeconds') return false
  return ALWAYS.includes(field) || !sameValue(limitValue(limits, field), limitValue(DEFAULT_LIMITS, field))
}

/** Not even their defaults can do without. */
const ALWAYS: readonly LimitField[] = ['memoryBytes', 'processes']

function beyond(limits: VeLimits, { name, facts }: Enforcer): Misfit[] {
  const found: Misfit[] = []
  const atMost = (field: LimitField, asked: number | null, has: number | undefined, text: string) => {
    if (asked !== null && has !== undefined && asked > has)
      found.push({ field, text: `${name} has ${text}.` })
  }
  const { cpus, memoryBytes, vz } = facts ?? {}
  atMost('cpus', limits.cpus, cpus, cpus === 1 ? '1 CPU' : `${cpus} CPUs`)
  atMost('memoryBytes', limits.memoryBytes, memoryBytes, `${formatBytes(memoryBytes ?? 0)} of memory`)
  atMost('diskBytes', limits.diskBytes, vz?.totalBytes, `${formatBytes(vz?.totalBytes ?? 0)} of disk`)
  return found
}

function outside(limits: VeLimits, { name, facts }: Enforcer): Misfit[] {
  const found: Misfit[] = []
  const within = (field: 'cpuMask' | 'nodeMask', has: string | undefined, what: string) => {
    const [asked, there] = [limits[field], has === undefined ? null : parseNumberList(has)]
    if (asked === null || there === null) return
    const missing = (parseNumberList(asked) ?? []).filter((each) => !there.includes(each))
    if (missing.length > 0) found.push({ field, text: `${name} has the ${what} ${has}, not ${missing[0]}.` })
  }
  within('cpuMask', facts?.cpuList, 'CPUs')
  within('nodeMask', facts?.numaNodes, 'memory nodes')
  const allowed = limits.cpuMask === null ? null : parseNumberList(limits.cpuMask)
  if (allowed && limits.cpus !== null && limits.cpus > allowed.length)
    found.push({ field: 'cpus', text: `Only ${allowed.length} of the host’s CPUs are allowed.` })
  return found
}

/** Every reason at once, and the first beside each field; null when it fits. `what`: whose limits they are. */
export function misfitProblem(limits: VeLimits, host: Enforcer, what: string): Problem | null {
  return refusal(misfits(limits, host), `${host.name} cannot hold a VE to ${what}. `)
}

/**
 * Why a host cannot hold a VE to `after`: of what differs from `before` alone, so that nobody is refused what is there already. Every
 * field with its reason ("limits.cpus"); null when it can, or has not said what it has.
 */
export function limitObstacle(host: Enforcer, before: VeLimits, after: VeLimits): Problem | null {
  const changed = changedLimits(before, after)
  const among = changed.some((field) => CPU_CHOICE.includes(field)) ? [...changed, ...CPU_CHOICE] : changed
  return refusal(
    misfits(after, host).filter(({ field }) => among.includes(field)),
    '',
  )
}

/** Each is judged by the others. */
const CPU_CHOICE: readonly LimitField[] = ['cpus', 'cpuMask']

function refusal(found: readonly Misfit[], opening: string): Problem | null {
  if (found.length === 0) return null
  const fields: Record<string, string> = {}
  for (const { field, text } of found) fields[`limits.${field}`] ??= text
  const reasons = [...new Set(Object.values(fields))].join(' ')
  return new Problem('capability-missing', `${opening}${reasons}`, { fields })
}
