import { expect, test } from 'vitest'
import { beancounterStatuses } from '../beancounters/status.ts'
import { SysError } from '../sys/sys.ts'
import { memorySys } from '../testing/memory-sys.ts'
import {
  cpuSetsReason,
  guaranteeReason,
  ioLimitsReason,
  ioPriorityReason,
  throttleReason,
} from './limit-probes.ts'

const ROOT = '/sys/fs/cgroup'
const PROBE = `${ROOT}/corral/probe`
const ALL = 'cpu cpuset io memory pids\n'
const DISK = '20 1 8:16 / /vz rw - xfs /dev/sdb rw\n'
const V2 = {
  [`${ROOT}/cgroup.controllers`]: ALL,
  [`${ROOT}/cgroup.subtree_control`]: ALL,
  [`${ROOT}/io.cost.qos`]: '8:16 enable=1 ctrl=auto\n',
  ...Object.fromEntries(
    [
      'memory.high',
      'memory.low',
      'memory.min',
      'memory.swap.max',
      'cpuset.cpus',
      'cpuset.mems',
      'io.max',
      'io.weight',
    ].map((file) => [`${PROBE}/${file}`, '']),
  ),
  '/proc/self/mountinfo': `${DISK}9 8 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n`,
  '/proc/self/status': 'CapEff:\t000001ffffffffff\n',
  '/proc/sys/kernel/osrelease': '6.12.0-amd64\n',
}
const without = (path: string) => Object.fromEntries(Object.entries(V2).filter(([each]) => each !== path))

test('v2: what the kernel took on a group made for it can be done', () => {
  const probes = [throttleReason, guaranteeReason, cpuSetsReason, ioLimitsReason, ioPriorityReason]
  expect(probes.map((probe) => probe(memorySys(V2)))).toEqual(probes.map(() => null))
})

test('what is missing or refused is said', () => {
  const sys = memorySys(V2)
  const write = sys.write
  sys.write = (path, text) => {
    if (path.endsWith('/io.max')) throw new SysError('write', path, 19, 'No such device')
    write(path, text)
  }
  expect(ioLimitsReason(sys)).toBe('The kernel refuses io.max: No such device.')
  expect(throttleReason(memorySys(without(`${PROBE}/memory.high`)))).toBe(
    'The kernel of this host has no memory.high.',
  )
  const noIo = { ...V2, [`${ROOT}/cgroup.controllers`]: 'memory\n' }
  expect(ioLimitsReason(memorySys(noIo))).toBe('The io controller of cgroups is not available.')
  expect(guaranteeReason(memorySys({ ...V2, '/proc/self/mountinfo': DISK }))).toContain(
    'memory_recursiveprot',
  )
})

test('weights count where bfq schedules the disk, or the kernel weighs what it costs', () => {
  const off = { ...without(`${ROOT}/io.cost.qos`), '/sys/block/sdb/queue/scheduler': '[none] bfq\n' }
  const sys = memorySys(off)
  sys.readlink = () => '../../devices/block/sdb'
  expect(ioPriorityReason(sys)).toContain('(sdb) is not scheduled by bfq')
  sys.files.set('/sys/block/sdb/queue/scheduler', 'none [bfq]\n')
  expect(ioPriorityReason(sys)).toBeNull()
})

test('what a parameter is follows from what the kernel has', () => {
  const statuses = (files: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(beancounterStatuses(memorySys(files))).map(([name, { status }]) => [name, status]),
    )
  expect(statuses(V2)).toMatchObject({
    ...{ numproc: 'enforced', physpages: 'enforced', swappages: 'enforced', vmguarpages: 'enforced' },
    ...{ numsiginfo: 'enforced', numpty: 'accounted', tcpsndbuf: 'accounted', numfile: 'accounted' },
  })
  const old = { ...V2, [`${ROOT}/cgroup.controllers`]: 'memory\n', '/proc/sys/kernel/osrelease': '5.10.0\n' }
  expect(statuses(old)).toMatchObject({ numproc: 'unavailable', numsiginfo: 'accounted' })
  const v1 = { [`${ROOT}/memory/memory.kmem.tcp.limit_in_bytes`]: '', [`${ROOT}/memory/cgroup.procs`]: '' }
  expect(statuses(v1)).toMatchObject({
    ...{
      tcprcvbuf: 'accounted',
      vmguarpages: 'unavailable',
      dcachesize: 'unavailable',
      physpages: 'enforced',
    },
  })
})
