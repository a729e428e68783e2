import { expect, test } from 'vitest'
import { observeAll } from './observe.ts'
import { EXAMPLE_SPEC } from './testing/example-spec.ts'
import { memorySys } from './testing/memory-sys.ts'

/** As crun 1.28 writes it; pid 300 of a recorded sysvinit VE. */
const STATUS = JSON.stringify({ pid: 300, 'process-start-time': 203_894, 'cgroup-path': '/corral/ve101' })
const stat = (state: string, start: number) =>
  `300 (in (i) t) ${state} 1 300 300 ${'0 '.repeat(15)}${start} 0 0\n`
const HOST = {
  '/proc/sys/kernel/arch': 'x86_64\n',
  '/proc/stat': 'cpu 1 2\nbtime 1700000000\n',
  '/vz/ve/101/spec.json': JSON.stringify(EXAMPLE_SPEC),
  '/vz/ve/101/disk.img': 'x'.repeat(4096),
  '/vz/ve/102/uuid': 'half made\n',
}
const RUNNING = {
  ...HOST,
  '/run/crun/ve101/status': STATUS,
  '/proc/300/stat': stat('S', 203_894),
  '/sys/fs/cgroup/memory/corral/ve101/memory.usage_in_bytes': '12279808\n',
  '/sys/fs/cgroup/pids/corral/ve101/pids.current': '7\n',
  '/sys/fs/cgroup/cpuacct/corral/ve101/cpuacct.usage': '300178123\n',
}

test('a running VE: nft is asked once for the traffic of all, and no other process started', () => {
  const sys = memorySys(RUNNING)
  expect(observeAll(sys)).toEqual([
    {
      veid: 101,
      uuid: EXAMPLE_SPEC.uuid,
      epoch: 1,
      state: 'running',
      initPid: 300,
      startedAt: 1_700_000_000_000 + 2_038_940,
      memoryBytes: 12_279_808,
      processes: 7,
      cpuMicroseconds: 300_178,
      diskUsedBytes: 4096,
      fileSystem: null,
      beancounters: expect.objectContaining({
        physpages: { held: 12_279_808, maxheld: 12_279_808, failcnt: 0 },
        numproc: { held: 7, maxheld: 7, failcnt: 0 },
        numfile: { held: 0, maxheld: 0, failcnt: 0 },
      }),
      rescue: false,
      lastExit: null,
      checkpoint: null,
      traffic: {
        base: { inBytes: 0, outBytes: 0 },
        live: { inBytes: 0, outBytes: 0 },
        series: null,
      },
    },
  ])
  expect(sys.runs.map(({ argv }) => argv[0])).toEqual(['nft'])
})

test.each([
  ['init is a zombie', { '/proc/300/stat': stat('Z', 203_894) }],
  ['the pid belongs to another process now', { '/proc/300/stat': stat('S', 999_999) }],
  ['init still waits to be released', { '/run/crun/ve101/exec.fifo': '' }],
])('stopped: %s', (_, change) => {
  const [ve] = observeAll(memorySys({ ...RUNNING, ...change }))
  expect(ve).toMatchObject({ state: 'stopped', initPid: null, memoryBytes: null })
})

test('on cgroup v2 the numbers come from the unified tree', () => {
  const sys = memorySys({
    ...HOST,
    '/run/crun/ve101/status': STATUS,
    '/proc/300/stat': stat('S', 203_894),
    '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids\n',
    '/sys/fs/cgroup/corral/ve101/memory.current': '1000\n',
    '/sys/fs/cgroup/corral/ve101/pids.current': '2\n',
    '/sys/fs/cgroup/corral/ve101/cpu.stat': 'usage_usec 5000\nuser_usec 1\n',
  })
  expect(observeAll(sys)[0]).toMatchObject({ memoryBytes: 1000, processes: 2, cpuMicroseconds: 5000 })
})

test('nothing here: nothing seen', () => {
  expect(observeAll(memorySys())).toEqual([])
})
