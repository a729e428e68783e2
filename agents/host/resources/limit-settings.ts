/** The limits of a VE as files of its control groups, for both versions. Pure. */
import type { VeLimits } from '../../../lib/contract/ve-limits.ts'
import { WEIGHT_FILES, weightOf } from './io-weight.ts'
import { type CgroupShape, CPU_PERIOD_MICROSECONDS, cpuQuota, cpuShares, cpuWeight } from './oci-resources.ts'

/** One file of a control group. `controller`: its directory in v1. `asked`: more than what holds where nothing is set. */
export type Setting = { controller: string; file: string; value: string; field: string; asked: boolean }

/** What a VE has on its host. `cpus` and `nodes` are lists; `disks` the numbers of the disks that its file system is on. */
export type LimitPlace = { cpus: string; nodes: string; disks: readonly string[] }

/** Named by the field that a person would change. */
const named =
  (controller: string, field: string) =>
  (file: string, value: string | number, asked = false): Setting => ({
    ...{ controller, file, field, asked },
    value: String(value),
  })

/** -1 and "max" are how v1 and v2 write that there is no limit. */
const orNone = (value: number | null, none: string) => (value === null ? none : String(value))

/** Both directions are counted together, and in v1 apart from all other memory: never more than there is of that, as in v2. */
function tcpBytes({ beancounters: { tcpsndbuf, tcprcvbuf }, memoryBytes }: VeLimits): number {
  return Math.min((tcpsndbuf.limit ?? Infinity) + (tcprcvbuf.limit ?? Infinity), memoryBytes)
}

/**
 * The soft limit of v1 is where the kernel begins to take memory back when the host runs short: from a VE without a guarantee
 * at once. TCP buffers are counted of sockets that are made after a limit was set.
 */
function memoryV1(limits: VeLimits, swap: boolean): Setting[] {
  const memory = named('memory', 'memoryBytes')
  const guarantee = limits.beancounters.vmguarpages.barrier
  return [
    memory('memory.limit_in_bytes', limits.memoryBytes),
    ...(swap
      ? [named('memory', 'swapBytes')('memory.memsw.limit_in_bytes', limits.memoryBytes + limits.swapBytes)]
      : []),
    named('memory', 'beancounters.vmguarpages')('memory.soft_limit_in_bytes', orNone(guarantee, '-1')),
    named('memory', 'beancounters.tcpsndbuf')('memory.kmem.tcp.limit_in_bytes', tcpBytes(limits)),
  ]
}

/** memory.max before memory.high: see takeBack in live-limits.ts. */
function memoryV2(limits: VeLimits, swap: boolean): Setting[] {
  const { vmguarpages, oomguarpages } = limits.beancounters
  const throttle = limits.memoryThrottleBytes
  return [
    named('', 'memoryBytes')('memory.max', limits.memoryBytes),
    named('', 'memoryThrottleBytes')('memory.high', orNone(throttle || null, 'max'), throttle > 0),
    ...(swap ? [named('', 'swapBytes')('memory.swap.max', limits.swapBytes)] : []),
    named('', 'beancounters.vmguarpages')('memory.low', orNone(vmguarpages.barrier, 'max')),
    named('', 'beancounters.oomguarpages')('memory.min', orNone(oomguarpages.barrier, 'max')),
  ]
}

function cpuV1(limits: VeLimits): Setting[] {
  const cap = named('cpu', 'cpuLimitPercent')
  return [
    named('cpu', 'cpuUnits')('cpu.shares', cpuShares(limits)),
    cap('cpu.cfs_period_us', CPU_PERIOD_MICROSECONDS),
    cap('cpu.cfs_quota_us', orNone(cpuQuota(limits), '-1')),
  ]
}

function cpuV2(limits: VeLimits): Setting[] {
  return [
    named('', 'cpuUnits')('cpu.weight', cpuWeight(limits)),
    named('', 'cpuLimitPercent')('cpu.max', `${orNone(cpuQuota(limits), 'max')} ${CPU_PERIOD_MICROSECONDS}`),
  ]
}

/** Pages go along to the nodes that the VE gets: v1 has to be told. */
function sets(limits: VeLimits, { cpus, nodes }: LimitPlace, version: 1 | 2): Setting[] {
  const wished = limits.cpus !== null || limits.cpuMask !== null
  return [
    named('cpuset', limits.cpus === null ? 'cpuMask' : 'cpus')('cpuset.cpus', cpus, wished),
    ...(version === 1 ? [named('cpuset', 'nodeMask')('cpuset.memory_migrate', 1)] : []),
    named('cpuset', 'nodeMask')('cpuset.mems', nodes, limits.nodeMask !== null),
  ]
}

/** A rule of 0 in v1 and of "max" in v2 takes the rule away. */
function io(limits: VeLimits, { disks }: LimitPlace, version: 1 | 2): Setting[] {
  const { ioBytesPerSecond: bytes, ioPerSecond: times } = limits
  const bytesOf = named('blkio', 'ioBytesPerSecond')
  const timesOf = named('blkio', 'ioPerSecond')
  if (version === 1) {
    return disks.flatMap((disk) => [
      ...['read', 'write'].map((way) =>
        bytesOf(`blkio.throttle.${way}_bps_device`, `${disk} ${bytes ?? 0}`, bytes !== null),
      ),
      ...['read', 'write'].map((way) =>
        timesOf(`blkio.throttle.${way}_iops_device`, `${disk} ${times ?? 0}`, times !== null),
      ),
    ])
  }
  const [most, often] = [orNone(bytes, 'max'), orNone(times, 'max')]
  const rule = `rbps=${most} wbps=${most} riops=${often} wiops=${often}`
  const of = bytes === null ? timesOf : bytesOf
  return disks.map((disk) => of('io.max', `${disk} ${rule}`, bytes !== null || times !== null))
}

/** Where a kernel has several files for it, each is set; whether it counts was asked before: see live-limits.ts. */
function priority(limits: VeLimits, version: 1 | 2): Setting[] {
  const weight = weightOf(limits.ioPriority)
  return WEIGHT_FILES[version].map((file) => named('blkio', 'ioPriority')(file, weight))
}

/** In the order in which they are to be set. */
export function limitSettings(limits: VeLimits, cgroup: CgroupShape, place: LimitPlace): Setting[] {
  const { version, swap } = cgroup
  return [
    named('pids', 'processes')('pids.max', limits.processes),
    ...(version === 1 ? memoryV1(limits, swap) : memoryV2(limits, swap)),
    ...(version === 1 ? cpuV1(limits) : cpuV2(limits)),
    ...sets(limits, place, version),
    ...io(limits, place, version),
    ...priority(limits, version),
  ]
}
