import { expect, test } from 'vitest'
import { memorySys } from '../testing/memory-sys.ts'
import { groupNumbers } from './group-numbers.ts'

const PATH = '/corral/ve101'
const limits = (memory: number, swap: number, processes: number) => ({
  physpages: { barrier: 0, limit: memory },
  swappages: { barrier: 0, limit: swap },
  numproc: { barrier: processes, limit: processes },
})
type Limits = Parameters<typeof groupNumbers>[3]
const NEAR = limits(10_000_000, 65_536, 12)
const FAR = limits(2 ** 30, 0, 1000)

/** As Linux 6.18 writes them; figures shortened. */
const V1 = {
  'memory.stat': `cache 1355776
rss 1835008
shmem 100
unevictable 0
hierarchical_memory_limit 536870912
total_cache 1355776
total_shmem 8192
total_swap 4096
total_inactive_file 184320
total_active_file 1171456
total_unevictable 65536
`,
  'memory.usage_in_bytes': '5537792\n',
  'memory.max_usage_in_bytes': '9999999\n',
  'memory.failcnt': '3\n',
  'memory.memsw.usage_in_bytes': '5541888\n',
  'memory.memsw.max_usage_in_bytes': '9999999\n',
  'memory.memsw.failcnt': '17\n',
  'memory.kmem.usage_in_bytes': '2138112\n',
  'memory.kmem.max_usage_in_bytes': '3211264\n',
  'memory.kmem.failcnt': '0\n',
  'memory.kmem.tcp.usage_in_bytes': '20480\n',
  'memory.kmem.tcp.max_usage_in_bytes': '40960\n',
  'memory.kmem.tcp.failcnt': '2\n',
  'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 4\n',
}

test('v1; what never came near its limit is not asked how often it met it', () => {
  const files = Object.fromEntries(
    Object.entries(V1).map(([name, text]) => [`/sys/fs/cgroup/memory${PATH}/${name}`, text]),
  )
  const pids = `/sys/fs/cgroup/pids${PATH}`
  const sys = memorySys({
    ...files,
    ...{ [`${pids}/pids.current`]: '7\n', [`${pids}/pids.peak`]: '12\n', [`${pids}/pids.events`]: 'max 5\n' },
  })
  expect(groupNumbers(sys, 1, PATH, NEAR, [])).toEqual({
    memory: { held: 5_537_792, most: 9_999_999, failures: 3 },
    countsHits: true,
    swap: { held: 4096, most: null, failures: null },
    memoryAndSwapFailures: 17,
    kernel: { held: 2_138_112, most: 3_211_264, failures: null },
    sockets: { held: 20_480, most: 40_960, failures: 2 },
    processes: { held: 7, most: 12, failures: 5 },
    ...{ unevictable: 65_536, shared: 8192, reclaimable: null, fileCache: 1_355_776, kills: 4 },
  })
  const read: string[] = []
  const spied = {
    ...sys,
    readShort: (path: string) => {
      read.push(path.slice(path.lastIndexOf('/') + 1))
      return sys.readShort(path)
    },
  }
  expect(groupNumbers(spied, 1, PATH, FAR, [])).toMatchObject({
    ...{ memory: { failures: 0 }, memoryAndSwapFailures: 0, processes: { failures: null }, kills: 4 },
  })
  expect(read.filter((name) => name.endsWith('failcnt'))).toEqual(['memory.kmem.tcp.failcnt'])
})

test('v2; a kernel of 6.1 has no peaks', () => {
  const folder = `/sys/fs/cgroup${PATH}`
  const sys = memorySys({
    [`${folder}/memory.stat`]: `anon 1024
file 8192
kernel 262144
kernel_stack 65536
sock 12288
shmem 4096
inactive_file 2048
active_file 1024
unevictable 512
slab_reclaimable 131072
slab 196608
`,
    [`${folder}/memory.current`]: '1048576\n',
    [`${folder}/memory.events`]: 'low 0\nhigh 9\nmax 120\noom 2\noom_kill 1\noom_group_kill 0\n',
    [`${folder}/memory.swap.current`]: '4096\n',
    [`${folder}/memory.swap.events`]: 'high 0\nmax 6\nfail 6\n',
    [`${folder}/pids.current`]: '9\n',
    [`${folder}/pids.events`]: 'max 0\n',
  })
  expect(groupNumbers(sys, 2, PATH, NEAR, [])).toEqual({
    memory: { held: 1_048_576, most: null, failures: 2 },
    countsHits: false,
    swap: { held: 4096, most: null, failures: 6 },
    memoryAndSwapFailures: 0,
    kernel: { held: 262_144, most: null, failures: null },
    sockets: { held: 12_288, most: null, failures: null },
    processes: { held: 9, most: null, failures: 0 },
    ...{ unevictable: 512, shared: 4096, reclaimable: 131_072, fileCache: 3072, kills: 1 },
  })
})

test('forks refused in groups that the VE made count where the kernel keeps them there', () => {
  const folder = `/sys/fs/cgroup${PATH}`
  const below = [`${folder}/init.scope`, `${folder}/user.slice`, `${folder}/user.slice/threads`]
  const files = {
    [`${folder}/pids.current`]: '3\n',
    [`${folder}/pids.events`]: 'max 1\n',
    [`${folder}/init.scope/pids.events`]: 'max 0\n',
    [`${folder}/user.slice/pids.events`]: 'max 20\n',
  }
  const failures = (more: Record<string, string>, limits: Limits = NEAR) =>
    groupNumbers(memorySys({ ...files, ...more }), 2, PATH, limits, below).processes.failures
  const [peak, local] = [`${folder}/pids.peak`, `${folder}/pids.events.local`]
  expect(failures({})).toBe(21)
  expect(failures({ [peak]: '12\n' })).toBe(21)
  // Below its limit it was never refused: what was refused there, the VE’s own limits refused.
  expect(failures({ [peak]: '11\n' })).toBeNull()
  expect(failures({}, { ...NEAR, numproc: { barrier: null, limit: null } })).toBeNull()
  // Since Linux 6.11 its own group has all of them.
  expect(failures({ [local]: 'max 0\n' })).toBe(1)
})
