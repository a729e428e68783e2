/** The limits that cgroup v2 holds, reached on a stock kernel. Under software emulation: needs root on Linux, and minutes. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BeancounterName } from '../lib/contract/beancounters.ts'
import { Problem } from '../lib/contract/problem.ts'
import { MIB } from '../lib/contract/units.ts'
import { DEFAULT_LIMITS, type VeLimitsPart, withLimits } from '../lib/contract/ve-limits.ts'
import type { LabVe } from './testing/lab-ve.ts'
import { got, LIMIT_PROGRAMS } from './testing/limit-programs.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'

const one = (value: number) => ({ barrier: value, limit: value })
const guarantee = (bytes: number) => ({ barrier: bytes, limit: null })
const LIMITS = withLimits(DEFAULT_LIMITS, {
  memoryBytes: 128 * MIB,
  processes: 40,
  beancounters: { numsiginfo: one(100), numpty: one(5), shmpages: one(MIB) },
})
const SECONDS = 120

let place: MachinePlace
let before: string[]
let ve: LabVe
let other: LabVe

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
  ve = still(place, 41, { limits: LIMITS })
  other = still(place, 42, { limits: LIMITS })
  for (const each of [ve, other]) {
    await each.create()
    await each.start()
  }
})
afterAll(async () => {
  for (const each of [ve, other]) await each?.destroy().catch(() => {})
  place?.agent.close()
})

async function run(
  of: LabVe,
  name: keyof typeof LIMIT_PROGRAMS,
  ...words: (string | number)[]
): Promise<string> {
  const argv = ['perl', '-e', LIMIT_PROGRAMS[name], ...words.map(String)]
  const { stdout, stderr, signal } = await of.exec(argv, { timeoutSeconds: SECONDS })
  return signal === null ? stdout + stderr : `killed by ${signal}`
}
const change = (of: LabVe, part: VeLimitsPart) => of.configure({ limits: withLimits(of.spec.limits, part) })
const group = async (of: LabVe, file: string) =>
  (await place.agent.run(`cat /sys/fs/cgroup/corral/ve${of.spec.veid}/${file}`)).trim()
const event = async (name: string) =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await group(ve, 'memory.events'))?.[1])

test('the host says of each what this kernel makes of it', async () => {
  const { facts, capabilities } = await place.agent.call('host-facts', {}, 'limits:facts')
  const status = (name: BeancounterName) => facts.beancounters[name].status
  const held = ['numproc', 'physpages', 'swappages', 'numsiginfo', 'vmguarpages'] as const
  expect(held.map(status)).toEqual(held.map(() => 'enforced'))
  const can = ['swap-limit', 'memory-throttle', 'memory-guarantee', 'cpu-sets', 'io-limits'] as const
  expect(can.map((name) => capabilities[name])).toEqual(can.map(() => ({ available: true, reason: null })))
  expect(capabilities['io-priority'].reason).toContain('is not scheduled by bfq')
})

test('numproc: a fork beyond it is refused; it goes up while the VE runs', async () => {
  const most = async () => got(await run(ve, 'fork', 100, 1))
  const first = await most()
  expect(first).toBeGreaterThan(25)
  expect(first).toBeLessThan(40)
  await change(ve, { processes: 60 })
  await expect.poll(most, { timeout: 60_000 }).toBe(first + 20)
})

test('physpages: more is killed for, and it does not go below what is used', async () => {
  expect(await run(ve, 'allocate', 60, 0)).toBe('got 60\n')
  expect(await run(ve, 'allocate', 200, 0)).toBe('killed by 9')
  const held = run(ve, 'allocate', 80, 20)
  const used = async () => Number(await group(ve, 'memory.current'))
  await expect.poll(used, { timeout: 60_000 }).toBeGreaterThan(80 * MIB)
  const refused = await change(ve, { memoryBytes: 48 * MIB, processes: 99 }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject({ fields: { 'spec.limits.memoryBytes': expect.any(String) } })
  const files = ['memory.max', 'memory.high', 'pids.max']
  expect(await Promise.all(files.map((file) => group(ve, file)))).toEqual([String(128 * MIB), 'max', '60'])
  expect(await held).toBe('got 80\n')
  await change(ve, { memoryBytes: 96 * MIB })
  expect(await group(ve, 'memory.max')).toBe(String(96 * MIB))
  await change(ve, { memoryBytes: 128 * MIB })
})

test('a barrier of physpages: above it the VE is slowed down, and nothing is killed', async () => {
  await change(ve, { memoryThrottleBytes: 32 * MIB })
  const [slowed, killed] = [await event('high'), await event('oom_kill')]
  const argv = ['perl', '-e', LIMIT_PROGRAMS.allocate, '110', '0']
  expect((await ve.exec(argv, { timeoutSeconds: 30 })).timedOut).toBe(true)
  expect(await event('high')).toBeGreaterThan(slowed)
  expect(await event('oom_kill')).toBe(killed)
  await change(ve, { memoryThrottleBytes: 0 })
  expect(await group(ve, 'memory.high')).toBe('max')
})

test('swappages: beside memory', async () => {
  const swap = '/swap.test'
  await place.agent.run(
    `dd if=/dev/zero of=${swap} bs=1M count=160 2>&1; chmod 600 ${swap}; mkswap ${swap}; swapon ${swap}`,
  )
  try {
    await change(ve, { memoryBytes: 64 * MIB, swapBytes: 64 * MIB })
    expect(await run(ve, 'allocate', 160, 0)).toBe('killed by 9')
    // Under emulation the kernel may give up before all of it is used.
    const most = Number(await group(ve, 'memory.swap.peak'))
    expect(most).toBeGreaterThan(0)
    expect(most).toBeLessThanOrEqual(64 * MIB)
    await change(ve, { swapBytes: 0 })
    expect(await run(ve, 'allocate', 90, 0)).toBe('killed by 9')
  } finally {
    await place.agent.run(`swapoff ${swap}; rm ${swap}`)
    await change(ve, { memoryBytes: 128 * MIB })
  }
})

/** What VE 141 keeps of a file it has read, while its neighbour reads more than there is memory for all VEs. */
async function keeps(bytes: number): Promise<number> {
  await change(ve, { beancounters: { vmguarpages: guarantee(bytes) } })
  const file = async () => Number(/^file (\d+)$/m.exec(await group(ve, 'memory.stat'))?.[1])
  await place.agent.run('echo 3 >/proc/sys/vm/drop_caches')
  await ve.shell('cat /own >/dev/null; cat /own >/dev/null')
  const most = (Number(await group(ve, 'memory.current')) + 30 * MIB).toFixed(0)
  const all = '/sys/fs/cgroup/corral/memory.max'
  await place.agent.run(`echo ${most} >${all}`)
  try {
    await other.shell('cat /own >/dev/null')
    return await file()
  } finally {
    await place.agent.run(`echo max >${all}`)
  }
}

test('vmguarpages: what is guaranteed is not taken away for a neighbour; without, it is', async () => {
  await ve.shell('truncate -s 40M /own')
  await other.shell('truncate -s 90M /own')
  expect(await keeps(0)).toBeLessThan(25 * MIB)
  expect(await keeps(80 * MIB)).toBeGreaterThan(38 * MIB)
  const oomguarpages = guarantee(10 * MIB)
  await change(other, { beancounters: { vmguarpages: guarantee(20 * MIB), oomguarpages } })
  const above = () => place.agent.run('cat /sys/fs/cgroup/corral/memory.low /sys/fs/cgroup/corral/memory.min')
  expect(await above()).toBe(`${100 * MIB}\n${10 * MIB}\n`)
  const { facts } = await place.agent.call('host-facts', {}, 'limits:memory')
  const score = -Math.ceil((10 * MIB * 1000) / facts.memoryBytes)
  const scores = async () =>
    (await other.shell('cat /proc/1/oom_score_adj; cat /proc/self/oom_score_adj')).split('\n')
  expect((await scores())[0]).toBe(String(score))
  await other.stop()
  expect(await above()).toBe(`${80 * MIB}\n0\n`)
  await other.start()
  expect((await scores())[0]).toBe(String(score))
})

test('numsiginfo: all users of the VE together, and nobody else', async () => {
  const flood = run(ve, 'queueSignals', 300, 30, 0)
  await delay(10_000)
  expect(await run(ve, 'queueSignals', 300, 0, 1000)).toBe('Resource temporarily unavailable\ngot 0\n')
  expect(got(await run(other, 'queueSignals', 300, 0, 0))).toBe(100)
  expect(await flood).toBe('Resource temporarily unavailable\ngot 100\n')
})

test('inotify instances are as many for each VE, whatever its neighbour took', async () => {
  const watches = run(ve, 'inotify', 10_000, 30)
  await delay(10_000)
  expect(got(await run(other, 'inotify', 20, 0))).toBe(20)
  expect(await watches).toContain('Too many open files')
})

test('numpty and shmpages: refused beyond, and changed while it runs', async () => {
  const terminals = async () => got(await run(ve, 'openTerminals', 30, '/dev/pts'))
  expect(await terminals()).toBe(5)
  expect(await run(ve, 'shareMemory', MIB + 4096)).toBe('No space left on device\n')
  await change(ve, { beancounters: { numpty: one(9), shmpages: one(2 * MIB) } })
  expect(await terminals()).toBe(9)
  expect(await run(ve, 'shareMemory', 2 * MIB)).toBe(`got ${2 * MIB}\n`)
})

test('I/O takes as long as it has to: what is written through the page cache too', async () => {
  const seconds = async (line: string) => {
    const { stdout, stderr } = await ve.exec(['sh', '-c', `${line} 2>&1`], { timeoutSeconds: SECONDS })
    return Number(/copied, ([\d.]+) s/.exec(stdout + stderr)?.[1] ?? stdout + stderr)
  }
  await change(ve, { ioBytesPerSecond: MIB })
  expect(await seconds('dd if=/dev/zero of=/big oflag=direct bs=256k count=16')).toBeGreaterThan(3)
  expect(await seconds('dd if=/big of=/dev/null iflag=direct bs=256k count=16')).toBeGreaterThan(3)
  expect(await seconds('dd if=/dev/zero of=/big2 conv=fsync bs=256k count=16')).toBeGreaterThan(3)
  await change(ve, { ioBytesPerSecond: null, ioPerSecond: 10 })
  expect(await seconds('dd if=/big of=/dev/null iflag=direct bs=4k count=50')).toBeGreaterThan(3)
  await change(ve, { ioPerSecond: null })
  expect(await group(ve, 'io.max')).toBe('')
})

test('sets of CPUs and nodes, weights, caps; weights of I/O where bfq schedules the disk', async () => {
  await change(ve, { cpuMask: '0', nodeMask: '0', cpus: 1, cpuUnits: 2000, cpuLimitPercent: 25 })
  const files = ['cpuset.cpus', 'cpuset.mems', 'cpu.weight', 'cpu.max']
  const read = () => Promise.all(files.map((file) => group(ve, file)))
  expect(await read()).toEqual(['0', '0', '200', '25000 100000'])
  await change(ve, { cpuMask: null, nodeMask: null, cpus: null, cpuUnits: 1000, cpuLimitPercent: null })
  expect(await read()).toEqual(['0', '0', '100', 'max 100000'])
  const priority = change(ve, { ioPriority: 0 }).catch((error: unknown) => error)
  expect(await priority).toMatchObject({
    code: 'capability-missing',
    fields: { 'spec.limits.ioPriority': expect.any(String) },
  })
  const scheduler = '/sys/block/vdb/queue/scheduler'
  const old = /\[(.*)\]/.exec(await place.agent.run(`cat ${scheduler}`))?.[1]
  await place.agent.run(`modprobe bfq; echo bfq >${scheduler}`)
  try {
    await change(ve, { ioPriority: 0 })
    expect(await group(ve, 'io.bfq.weight')).toMatch(/\b1000$/)
    await change(ve, { ioPriority: 4 })
  } finally {
    await place.agent.run(`echo ${old} >${scheduler}`)
  }
})

test('nothing of it is left on the host', async () => {
  for (const each of [ve, other]) await each.destroy()
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
})
