import type { VeLimits } from '../../../lib/contract/ve-limits.ts'

export type CgroupShape = {
  version: 1 | 2
  /** Whether swap is counted and can be limited there. */
  swap: boolean
}

/**
 * Of the control groups that a guest makes below its own, which v2 lets it: enough for systemd and nested containers, and so few
 * levels that whoever takes them off can name each (cgroup v2: cgroup.max.*).
 */
const GROUPS_BELOW = { 'cgroup.max.depth': '32', 'cgroup.max.descendants': '4096' }

export const CPU_PERIOD_MICROSECONDS = 100_000

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)))
}

type Cpu = Pick<VeLimits, 'cpuUnits' | 'cpuLimitPercent'>

/** v1: cpuunits 1000 is the kernel's ordinary weight of 1024 shares. */
export function cpuShares({ cpuUnits }: Cpu): number {
  return clamp((cpuUnits * 1024) / 1000, 2, 262_144)
}

/** v2: 1000 is the ordinary 100. Beyond 10 and 100000 the kernel knows no other weights. */
export function cpuWeight({ cpuUnits }: Cpu): number {
  return clamp(cpuUnits / 10, 1, 10_000)
}

/** Microseconds in each period; null for no cap. */
export function cpuQuota({ cpuLimitPercent }: Cpu): number | null {
  return cpuLimitPercent === null ? null : (cpuLimitPercent * CPU_PERIOD_MICROSECONDS) / 100
}

function cpu(limits: VeLimits, version: 1 | 2): Record<string, number> {
  const quota = cpuQuota(limits)
  return {
    ...(version === 1 ? { shares: cpuShares(limits) } : {}),
    ...(quota === null ? {} : { quota, period: CPU_PERIOD_MICROSECONDS }),
  }
}

/**
 * What a VE is made with, as part of OCI's linux.resources: so much that making it, or bringing it back from an image of its memory,
 * is bounded too. All the rest is set on the groups before it is let go. OCI counts swap together with memory.
 */
export function ociResources(limits: VeLimits, cgroup: CgroupShape): Record<string, unknown> {
  const memory = { limit: limits.memoryBytes }
  return {
    pids: { limit: limits.processes },
    memory: cgroup.swap ? { ...memory, swap: limits.memoryBytes + limits.swapBytes } : memory,
    cpu: cpu(limits, cgroup.version),
    ...(cgroup.version === 2
      ? { unified: { 'cpu.weight': String(cpuWeight(limits)), ...GROUPS_BELOW } }
      : {}),
  }
}
