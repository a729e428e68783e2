import { expect, test } from 'vitest'
import { DEFAULT_LIMITS, type VeLimits } from '../../../lib/contract/ve-limits.ts'
import { limitSettings } from './limit-settings.ts'

const PLACE = { cpus: '1', nodes: '0', disks: ['7:3'] }
const files = (version: 1 | 2, change: Partial<VeLimits> = {}) =>
  Object.fromEntries(
    limitSettings({ ...DEFAULT_LIMITS, ...change }, { version, swap: true }, PLACE).map((each) => [
      each.file,
      each.value,
    ]),
  )
const pair = (barrier: number, limit: number | null) => ({ barrier, limit })

test('every limit that control groups hold, as v1 writes it', () => {
  const limits = {
    memoryBytes: 2 ** 30,
    swapBytes: 2 ** 20,
    cpuLimitPercent: 50,
    cpuUnits: 2000,
    ioBytesPerSecond: 1_000_000,
    beancounters: {
      ...DEFAULT_LIMITS.beancounters,
      vmguarpages: pair(4096, null),
      tcpsndbuf: pair(10, 20),
      tcprcvbuf: pair(10, 30),
    },
  }
  expect(files(1, limits)).toMatchObject({
    'memory.limit_in_bytes': String(2 ** 30),
    'memory.memsw.limit_in_bytes': String(2 ** 30 + 2 ** 20),
    'memory.soft_limit_in_bytes': '4096',
    'memory.kmem.tcp.limit_in_bytes': '50',
    'cpu.cfs_quota_us': '50000',
    'cpu.shares': '2048',
    'cpuset.cpus': '1',
    'blkio.throttle.read_bps_device': '7:3 1000000',
    'blkio.throttle.write_iops_device': '7:3 0',
    'blkio.bfq.weight': '100',
  })
})

test('as v2 writes it', () => {
  const limits = {
    memoryBytes: 2 ** 30,
    memoryThrottleBytes: 2 ** 29,
    swapBytes: 2 ** 20,
    cpuLimitPercent: 50,
    cpuUnits: 2000,
    ioPerSecond: 100,
    ioPriority: 0,
    beancounters: {
      ...DEFAULT_LIMITS.beancounters,
      vmguarpages: pair(4096, null),
      oomguarpages: pair(8192, null),
    },
  }
  expect(files(2, limits)).toMatchObject({
    'memory.max': String(2 ** 30),
    'memory.high': String(2 ** 29),
    'memory.swap.max': String(2 ** 20),
    'memory.low': '4096',
    'memory.min': '8192',
    'cpu.max': '50000 100000',
    'cpu.weight': '200',
    'io.max': '7:3 rbps=max wbps=max riops=100 wiops=100',
    'io.bfq.weight': '1000',
    'io.weight': '1000',
  })
})

test('unlimited where nothing is set', () => {
  expect(files(1)).toMatchObject({
    'cpu.cfs_quota_us': '-1',
    'memory.kmem.tcp.limit_in_bytes': String(DEFAULT_LIMITS.memoryBytes),
    'blkio.throttle.read_bps_device': '7:3 0',
  })
  expect(files(2)).toMatchObject({
    'cpu.max': 'max 100000',
    'memory.high': 'max',
    'io.max': '7:3 rbps=max wbps=max riops=max wiops=max',
  })
})
