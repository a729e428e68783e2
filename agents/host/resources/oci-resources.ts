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

const CPU_PERIOD_MICROSECONDS = 100_000

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, Math.round(value)))
}

/** cpuunits 1000 is the kernel's ordinary weight: 1024 shares in v1, 100 in v2. */
function cpu(limits: VeLimits, version: 1 | 2): Record<string, number> {
  const quota: Record<string, number> =
    limits.cpuLimitPercent === null
      ? {}
      : {
          quota: (limits.cpuLimitPercent * CPU_PERIOD_MICROSECONDS) / 100,
          period: CPU_PERIOD_MICROSECONDS,
        }
  return version === 1 ? { shares: clamp((limits.cpuUnits * 1024) / 1000, 2, 262_144), ...quota } : quota
}

/** The limits of a VE as part of OCI's linux.resources. OCI counts swap together with memory. */
export function ociResources(limits: VeLimits, cgroup: CgroupShape): Record<string, unknown> {
  const memory = { limit: limits.memoryBytes }
  return {
    pids: { limit: limits.processes },
    memory: cgroup.swap ? { ...memory, swap: limits.memoryBytes + limits.swapBytes } : memory,
    cpu: cpu(limits, cgroup.version),
    ...(cgroup.version === 2
      ? { unified: { 'cpu.weight': String(clamp(limits.cpuUnits / 10, 1, 10_000)), ...GROUPS_BELOW } }
      : {}),
  }
}
