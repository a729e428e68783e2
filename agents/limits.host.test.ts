/** Every limit that cgroup v1 and the VE's namespaces hold, reached by its root and refused by a real kernel. Needs root on Linux. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BeancounterName } from '../lib/contract/beancounters.ts'
import { Problem } from '../lib/contract/problem.ts'
import { MIB } from '../lib/contract/units.ts'
import { DEFAULT_LIMITS, type VeLimitsPart, withLimits } from '../lib/contract/ve-limits.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'
import { got, LIMIT_PROGRAMS } from './testing/limit-programs.ts'

const one = (value: number) => ({ barrier: value, limit: value })
const LIMITS = withLimits(DEFAULT_LIMITS, {
  memoryBytes: 256 * MIB,
  processes: 40,
  beancounters: {
    numpty: one(5),
    shmpages: one(MIB),
    numsiginfo: one(100),
    lockedpages: { barrier: MIB, limit: 2 * MIB },
  },
})

let lab: AgentLab
let ve: LabVe
let before: string[]

beforeAll(async () => {
  lab = await raiseAgentLab()
  before = await footprint(lab)
  ve = new LabVe(lab, { limits: LIMITS })
  await ve.create()
  await ve.start()
})
afterAll(() => lab?.lower())

async function run(name: keyof typeof LIMIT_PROGRAMS, ...words: (string | number)[]): Promise<string> {
  const argv = ['perl', '-e', LIMIT_PROGRAMS[name], ...words.map(String)]
  const { stdout, stderr, signal } = await ve.exec(argv, { timeoutSeconds: 60 })
  return signal === null ? stdout + stderr : `killed by ${signal}`
}
const change = (part: VeLimitsPart) => ve.configure({ limits: withLimits(ve.spec.limits, part) })
const group = (controller: string, file: string) =>
  lab.agent.run(`cat /sys/fs/cgroup/${controller}/corral/ve101/${file}`)

test('the host says of each what this kernel makes of it', async () => {
  const { facts } = await lab.agent.call('host-facts', {}, 'limits:facts')
  const status = (name: BeancounterName) => facts.beancounters[name].status
  const held = ['numproc', 'physpages', 'swappages', 'numsiginfo'] as const
  expect(held.map(status)).toEqual(held.map(() => 'enforced'))
  const counted = ['lockedpages', 'numpty', 'shmpages', 'tcpsndbuf', 'tcprcvbuf', 'numtcpsock'] as const
  expect(counted.map(status)).toEqual(counted.map(() => 'accounted'))
  expect(status('vmguarpages')).toBe('unavailable')
})

test('numproc: a fork beyond it is refused; it goes up and down while the VE runs', async () => {
  const most = async () => got(await run('fork', 100, 0.2))
  const first = await most()
  expect(first).toBeGreaterThan(25)
  expect(first).toBeLessThan(40)
  await change({ processes: 60 })
  await expect.poll(most, { timeout: 10_000 }).toBe(first + 20)
  await change({ processes: 30 })
  await expect.poll(most, { timeout: 10_000 }).toBe(first - 10)
  expect(await run('fork', 100, 0.2)).toContain('Resource temporarily unavailable')
  await change({ processes: 40 })
})

test('physpages: more is killed for; it goes up while the VE runs, and not below what is used', async () => {
  await change({ memoryBytes: 64 * MIB })
  expect(await run('allocate', 30, 0)).toBe('got 30\n')
  expect(await run('allocate', 100, 0)).toBe('killed by 9')
  await change({ memoryBytes: 256 * MIB })
  const held = run('allocate', 120, 10)
  await expect
    .poll(async () => Number(await group('memory', 'memory.usage_in_bytes')))
    .toBeGreaterThan(120 * MIB)
  const files = () =>
    lab.agent.run(
      `grep -H . /sys/fs/cgroup/{memory,pids,cpu}/corral/ve101/*{limit_in_bytes,pids.max,cpu.*s} 2>/dev/null || true`,
    )
  const set = await files()
  const refused = await change({ memoryBytes: 64 * MIB, processes: 99, cpuUnits: 8 }).catch((error) => error)
  expect(refused).toBeInstanceOf(Problem)
  expect(refused).toMatchObject({
    code: 'invalid-input',
    fields: { 'spec.limits.memoryBytes': expect.any(String) },
  })
  expect(await files()).toBe(set)
  expect(await held).toBe('got 120\n')
})

test('swappages: memory and swap together', async () => {
  const swap = '/vz/swap.test'
  await lab.agent.run(
    `dd if=/dev/zero of=${swap} bs=1M count=200 2>&1; chmod 600 ${swap}; mkswap ${swap}; swapon ${swap}`,
  )
  try {
    await change({ memoryBytes: 64 * MIB, swapBytes: 64 * MIB })
    expect(await run('allocate', 100, 0)).toBe('got 100\n')
    expect(await run('allocate', 160, 0)).toBe('killed by 9')
    await change({ swapBytes: 0 })
    expect(await run('allocate', 100, 0)).toBe('killed by 9')
    await change({ memoryBytes: 256 * MIB })
  } finally {
    await lab.agent.run(`swapoff ${swap}; rm ${swap}`)
  }
})

// Lab hosts are containers, where other VEs' count too: that they do not elsewhere is for limits.machine.test.ts.
test('numsiginfo: all users of the VE together', async () => {
  const flood = run('queueSignals', 300, 6, 0)
  await delay(2_000)
  const second = await run('queueSignals', 300, 0, 1000)
  const first = await flood
  for (const said of [first, second]) expect(said).toContain('Resource temporarily unavailable')
  expect(got(first)).toBeGreaterThan(50)
  expect(got(first) + got(second)).toBeLessThanOrEqual(100)
})

test('lockedpages: what one process may lock', async () => {
  expect(await run('lockMemory', MIB - 8192)).toBe(`got ${MIB - 8192}\n`)
  expect(await run('lockMemory', MIB + 4096)).toBe('Cannot allocate memory\n')
  expect(await ve.shell('ulimit -Hl')).toBe('2048')
})

test('numpty: on its own devpts, which its root can lift; it changes while the VE runs', async () => {
  const most = async () => got(await run('openTerminals', 30, '/dev/pts'))
  await expect.poll(most, { timeout: 10_000 }).toBe(5)
  await change({ beancounters: { numpty: one(9) } })
  expect(await most()).toBe(9)
  expect(await run('openTerminals', 30, '/dev/pts')).toContain('No space left on device')
  const lifted = 'mkdir -p /run/pts && mount -t devpts -o newinstance,ptmxmode=0666 devpts /run/pts'
  await ve.shell(lifted)
  expect(got(await run('openTerminals', 30, '/run/pts'))).toBe(30)
  await ve.shell('umount /run/pts')
})

test('shmpages: segments and /dev/shm, which its root can lift; it changes while the VE runs', async () => {
  const fill = 'dd if=/dev/zero of=/dev/shm/x bs=64k count=200 2>&1; stat -c %s /dev/shm/x; rm /dev/shm/x'
  expect(await run('shareMemory', MIB)).toBe(`got ${MIB}\n`)
  expect(await run('shareMemory', MIB + 4096)).toBe('No space left on device\n')
  expect(await ve.shell(fill)).toMatch(/No space left on device[\s\S]*\n1048576$/)
  await change({ beancounters: { shmpages: one(2 * MIB) } })
  expect(await run('shareMemory', 2 * MIB)).toBe(`got ${2 * MIB}\n`)
  expect(await ve.shell(fill)).toMatch(/\n2097152$/)
  await ve.shell('echo 9999999 >/proc/sys/kernel/shmall')
  expect(await run('shareMemory', 8 * MIB)).toBe(`got ${8 * MIB}\n`)
})

test('what its root did to its own terminals and shared memory keeps no change from being made', async () => {
  await ve.shell('umount -l /dev/pts /dev/shm; rm -rf /dev/shm; ln -s / /dev/shm')
  await change({ beancounters: { numpty: one(3), shmpages: one(MIB) } })
  expect(ve.spec.limits.beancounters.numpty.limit).toBe(3)
  await ve.stop()
  await ve.start()
  await expect.poll(async () => got(await run('openTerminals', 30, '/dev/pts')), { timeout: 10_000 }).toBe(3)
})

test('tcpsndbuf and tcprcvbuf: at their sum the kernel gives little more', async () => {
  const free = got(await run('fillTcp', 4))
  await change({ beancounters: { tcpsndbuf: one(MIB), tcprcvbuf: one(MIB) } })
  expect(Number(await group('memory', 'memory.kmem.tcp.limit_in_bytes'))).toBe(2 * MIB)
  const bound = got(await run('fillTcp', 4))
  expect(bound).toBeLessThan(3 * MIB)
  expect(free).toBeGreaterThan(3 * bound)
})

test('I/O: reads and direct writes take as long as they have to, by bytes and by number', async () => {
  const seconds = async (line: string) => {
    const said = await ve.shell(`${line} 2>&1`)
    return Number(/copied, ([\d.]+) s/.exec(said)?.[1] ?? said)
  }
  await ve.shell('dd if=/dev/zero of=/big bs=1M count=8; sync')
  await change({ ioBytesPerSecond: MIB })
  expect(await seconds('dd if=/big of=/dev/null iflag=direct bs=256k count=12')).toBeGreaterThan(2)
  expect(await seconds('dd if=/dev/zero of=/big2 oflag=direct bs=256k count=12')).toBeGreaterThan(2)
  await change({ ioBytesPerSecond: null, ioPerSecond: 20 })
  expect(await seconds('dd if=/big of=/dev/null iflag=direct bs=4k count=60')).toBeGreaterThan(2)
  await change({ ioPerSecond: null })
  expect(await group('blkio', 'blkio.throttle.read_iops_device')).toBe('')
  await ve.shell('rm /big /big2')
})

test('what this host cannot do is refused at its field, running or not, and nothing of the change is made', async () => {
  const refused = async (part: VeLimitsPart) => {
    const error = await change({ ...part, cpuUnits: 77 }).catch((each: unknown) => each)
    return error instanceof Problem ? [error.code, ...Object.keys(error.fields ?? {})] : error
  }
  const shares = await group('cpu', 'cpu.shares')
  const wrong: [VeLimitsPart, string][] = [
    [{ cpus: 4096 }, 'invalid-input'],
    [{ cpuMask: '0-8000' }, 'invalid-input'],
    [{ nodeMask: '0-1023' }, 'invalid-input'],
    [{ memoryThrottleBytes: MIB }, 'capability-missing'],
    [{ ioPriority: 0 }, 'capability-missing'],
  ]
  const all = async () => {
    for (const [part, code] of wrong)
      expect(await refused(part)).toEqual([code, `spec.limits.${Object.keys(part)[0]}`])
  }
  await all()
  expect(await group('cpu', 'cpu.shares')).toBe(shares)
  await ve.stop()
  await all()
  await ve.start()
  expect(await group('cpu', 'cpu.shares')).toBe(shares)
})

test('a spec that an older agent stored is read with what limits came later', async () => {
  const old = {
    diskBytes: ve.spec.limits.diskBytes,
    memoryBytes: 128 * MIB,
    swapBytes: 0,
    processes: 50,
    cpuUnits: 1000,
    cpuLimitPercent: null,
  }
  const stored = JSON.stringify({ ...ve.spec, limits: old })
  await ve.stop()
  await lab.agent.run('cat >/vz/ve/101/spec.json', stored)
  ve.spec = { ...ve.spec, limits: withLimits(DEFAULT_LIMITS, old) }
  expect(await ve.seen()).toMatchObject({ state: 'stopped' })
  await ve.start()
  await change({ processes: 60 })
  expect(await group('pids', 'pids.max')).toBe('60\n')
})

test('nothing of it is left on the host', async () => {
  await ve.destroy()
  await expectFootprint(lab, before)
})
