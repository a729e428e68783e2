/** Whether a host can hold a VE to its limits. Pure; used for a new VE on each host, and for a change on its own. */
import { BEANCOUNTERS } from '../../contract/beancounters.ts'
import type { CapabilityReport } from '../../contract/capabilities.ts'
import type { HostFacts } from '../../contract/host-facts.ts'
import { parseNumberList } from '../../contract/number-list.ts'
import { Problem } from '../../contract/problem.ts'
import { STORAGE, type StorageDriver } from '../../contract/storage.ts'
import { DEFAULT_LIMITS, OTHER_BEANCOUNTERS, type VeLimits } from '../../contract/ve-limits.ts'
import { changedLimits } from '../limits-next-start.ts'
import { lacking, type Need, wrong } from '../privileges.ts'

export type LimitHost = {
  name: string
  capabilities: CapabilityReport | null
  /** As an agent of any age sent them: an older one leaves the newer out. */
  facts: Partial<HostFacts> | null
}

/** What a limit needs where it is set to more than its absence. */
const NEEDS: readonly (Need & { asks: (limits: VeLimits) => boolean })[] = [
  { field: 'quotaOwners', capability: 'quota-owners', asks: (l) => l.quotaOwners > 0 },
  { field: 'memoryThrottleBytes', capability: 'memory-throttle', asks: (l) => l.memoryThrottleBytes > 0 },
  { field: 'swapBytes', capability: 'swap-limit', asks: (l) => l.swapBytes > 0 },
  {
    field: 'beancounters.vmguarpages',
    capability: 'memory-guarantee',
    asks: ({ beancounters }) => beancounters.vmguarpages.barrier !== 0,
  },
  {
    field: 'beancounters.oomguarpages',
    capability: 'memory-guarantee',
    asks: ({ beancounters }) => beancounters.oomguarpages.barrier !== 0,
  },
  { field: 'cpuUnits', capability: 'cgroup-cpu', asks: (l) => l.cpuUnits !== DEFAULT_LIMITS.cpuUnits },
  { field: 'cpuLimitPercent', capability: 'cgroup-cpu', asks: (l) => l.cpuLimitPercent !== null },
  { field: 'cpus', capability: 'cpu-sets', asks: (l) => l.cpus !== null },
  { field: 'cpuMask', capability: 'cpu-sets', asks: (l) => l.cpuMask !== null },
  { field: 'nodeMask', capability: 'cpu-sets', asks: (l) => l.nodeMask !== null },
  { field: 'ioPriority', capability: 'io-priority', asks: (l) => l.ioPriority !== DEFAULT_LIMITS.ioPriority },
  { field: 'ioBytesPerSecond', capability: 'io-limits', asks: (l) => l.ioBytesPerSecond !== null },
  { field: 'ioPerSecond', capability: 'io-limits', asks: (l) => l.ioPerSecond !== null },
]

/** Limits of a file system: some storage has them always, some never, some where the kernel has them. */
const DISK_LIMITS = [
  { field: 'diskInodes', capability: 'disk-inodes', kept: 'limitsInodes' },
  { field: 'diskSoftBytes', capability: 'disk-soft-limits', kept: 'softLimits' },
  { field: 'diskSoftInodes', capability: 'disk-soft-limits', kept: 'softLimits' },
] as const

/**
 * Why the host cannot hold a VE to `after`: of what differs from `before` alone, so that nobody is refused what is there already.
 * `capability-missing` or `invalid-input` with the field ("limits.cpus"); null when it can, or has not said what it has.
 */
export function limitObstacle(
  host: LimitHost,
  storage: StorageDriver,
  before: VeLimits,
  after: VeLimits,
): Problem | null {
  const changed = changedLimits(before, after)
  const needs = NEEDS.filter(({ field, asks }) => changed.includes(field) && asks(after))
  const disk = DISK_LIMITS.filter(({ field }) => changed.includes(field) && after[field] !== null)
  const never = disk.find(({ kept }) => STORAGE[storage][kept] === 'no')
  if (never) return capabilityMissing(never.field, `${STORAGE[storage].label} storage has no such limit.`)
  const byKernel = disk.filter(({ kept }) => STORAGE[storage][kept] === 'by-kernel')
  return (
    lacking(
      host,
      [...needs, ...byKernel].map(({ field, capability }) => ({ field: `limits.${field}`, capability })),
    ) ??
    unavailable(host, changed, after) ??
    beyond(host, changed, after)
  )
}

/** A parameter that nothing on the host counts or holds. */
function unavailable({ name, facts }: LimitHost, changed: string[], after: VeLimits): Problem | null {
  for (const parameter of OTHER_BEANCOUNTERS) {
    const { barrier, limit } = after.beancounters[parameter]
    const asks = BEANCOUNTERS[parameter].pair === 'guarantee' ? barrier !== 0 : (barrier ?? limit) !== null
    const report = facts?.beancounters?.[parameter]
    if (!asks || !changed.includes(`beancounters.${parameter}`) || report?.status !== 'unavailable') continue
    const sentence = `${name} can neither count nor limit this: ${report.note ?? 'it does not say why.'}`
    return capabilityMissing(`beancounters.${parameter}`, sentence)
  }
  return null
}

const capabilityMissing = (field: string, sentence: string) =>
  new Problem('capability-missing', sentence, { fields: { [`limits.${field}`]: sentence } })

/** More CPUs, or others, than the host has. */
function beyond({ name, facts }: LimitHost, changed: string[], after: VeLimits): Problem | null {
  if (!['cpus', 'cpuMask', 'nodeMask'].some((field) => changed.includes(field))) return null
  const outside = (list: string | null, all: string | undefined) => {
    const there = all === undefined ? null : parseNumberList(all)
    if (list === null || there === null) return false
    return (parseNumberList(list) ?? []).some((each) => !there.includes(each))
  }
  if (outside(after.cpuMask, facts?.cpuList))
    return wrong('limits.cpuMask', `${name} has the CPUs ${facts?.cpuList}.`)
  if (outside(after.nodeMask, facts?.numaNodes))
    return wrong('limits.nodeMask', `${name} has the memory nodes ${facts?.numaNodes}.`)
  const most = after.cpuMask === null ? facts?.cpus : parseNumberList(after.cpuMask)?.length
  if (after.cpus === null || most === undefined || after.cpus <= most) return null
  const whose = after.cpuMask === null ? `${name} has` : 'Of those that it may use there are'
  return wrong('limits.cpus', `${whose} ${most}.`)
}
