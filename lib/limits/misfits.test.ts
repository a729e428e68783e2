import { expect, test } from 'vitest'
import { simulatedFacts } from '../../agents/sim/simulated-facts.ts'
import { CAPABILITY_NAMES, type Capability, type CapabilityReport } from '../contract/capabilities.ts'
import { GIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimits, type VeLimitsPart, withLimits } from '../contract/ve-limits.ts'
import { type Enforcer, misfitProblem, misfits } from './misfits.ts'

const FACTS = simulatedFacts('node1', 'boot', 0).facts
const FACTS_OF_FEW = { ...FACTS, cpus: 4, cpuList: '0-3', numaNodes: '0', memoryBytes: 8 * GIB }

function host(without: Capability[] = [], facts: Enforcer['facts'] = FACTS_OF_FEW): Enforcer {
  const capabilities = Object.fromEntries(
    CAPABILITY_NAMES.map((name) => {
      const available = !without.includes(name)
      return [name, { available, reason: available ? null : `No ${name}.` }]
    }),
  ) as CapabilityReport
  return { name: 'node1', storage: 'image', facts, capabilities }
}
const limits = (part: VeLimitsPart): VeLimits => withLimits(DEFAULT_LIMITS, part)
const fields = (part: VeLimitsPart, at = host()) => misfits(limits(part), at).map(({ field }) => field)

const one = (value: number) => ({ barrier: value, limit: value })

test('a host that can do all holds all that is within it', () => {
  const part = {
    cpus: 4,
    cpuMask: '0-3',
    nodeMask: '0',
    memoryBytes: 8 * GIB,
    ioPerSecond: 100,
    diskInodes: 9,
  }
  expect(fields(part)).toEqual([])
})

test.each<[string, VeLimitsPart, Capability]>([
  ['diskInodes', { diskInodes: 1000 }, 'disk-inodes'],
  ['diskSoftBytes', { diskSoftBytes: GIB }, 'disk-soft-limits'],
  ['diskSoftInodes', { diskSoftInodes: 10 }, 'disk-soft-limits'],
  ['quotaOwners', { quotaOwners: 10 }, 'quota-owners'],
  ['memoryThrottleBytes', { memoryThrottleBytes: GIB / 4 }, 'memory-throttle'],
  ['swapBytes', { swapBytes: GIB }, 'swap-limit'],
  ['cpuUnits', { cpuUnits: 500 }, 'cgroup-cpu'],
  ['cpuLimitPercent', { cpuLimitPercent: 50 }, 'cgroup-cpu'],
  ['cpus', { cpus: 2 }, 'cpu-sets'],
  ['cpuMask', { cpuMask: '0-1' }, 'cpu-sets'],
  ['nodeMask', { nodeMask: '0' }, 'cpu-sets'],
  ['ioPriority', { ioPriority: 7 }, 'io-priority'],
  ['ioBytesPerSecond', { ioBytesPerSecond: GIB }, 'io-limits'],
  ['ioPerSecond', { ioPerSecond: 100 }, 'io-limits'],
  ['memoryBytes', {}, 'cgroup-memory'],
  ['processes', {}, 'cgroup-pids'],
  [
    'beancounters.vmguarpages',
    { beancounters: { vmguarpages: { barrier: GIB, limit: null } } },
    'memory-guarantee',
  ],
])('%s is refused where %o needs %s', (field, part, capability) => {
  expect(fields(part)).toEqual([])
  const found = misfits(limits(part), host([capability]))
  expect(found).toEqual([{ field, text: expect.stringContaining(`No ${capability}.`) }])
})

test('limits of a file system depend on the VE’s storage', () => {
  const without = host(['disk-inodes', 'disk-soft-limits'])
  const part = { diskInodes: 1000, diskSoftBytes: GIB }
  expect(fields(part, without)).toEqual(['diskSoftBytes', 'diskInodes'])
  expect(fields(part, { ...without, storage: 'project' })).toEqual([])
  expect(misfits(limits({ diskInodes: 1000 }), { ...host(), storage: 'btrfs' })).toEqual([
    { field: 'diskInodes', text: 'Btrfs storage has no such limit.' },
  ])
})

test('what a VE has by default asks for nothing that a plain host lacks', () => {
  const rest = CAPABILITY_NAMES.filter((name) => name !== 'cgroup-memory' && name !== 'cgroup-pids')
  expect(misfits(DEFAULT_LIMITS, host(rest))).toEqual([])
})

test('more than the host has, and what is outside of it', () => {
  expect(misfits(limits({ cpus: 5, memoryBytes: 9 * GIB, diskBytes: 1024 * GIB }), host())).toEqual([
    { field: 'cpus', text: 'node1 has 4 CPUs.' },
    { field: 'memoryBytes', text: 'node1 has 8 GiB of memory.' },
    { field: 'diskBytes', text: 'node1 has 500 GiB of disk.' },
  ])
  expect(misfits(limits({ cpuMask: '2-5', nodeMask: '1' }), host())).toEqual([
    { field: 'cpuMask', text: 'node1 has the CPUs 0-3, not 4.' },
    { field: 'nodeMask', text: 'node1 has the memory nodes 0, not 1.' },
  ])
  expect(fields({ cpus: 3, cpuMask: '0-1' })).toEqual(['cpus'])
})

test('a beancounter the host does not have is refused when it is asked for; one it only counts is not', () => {
  const beancounters = {
    ...FACTS.beancounters,
    numfile: { status: 'accounted' as const, note: null },
    numflock: { status: 'unavailable' as const, note: 'No /proc/locks.' },
    numpty: { status: 'unavailable' as const, note: null },
  }
  const at = host([], { ...FACTS_OF_FEW, beancounters })
  const part = { beancounters: { numfile: one(100), numflock: one(10) } }
  expect(misfits(limits(part), at)).toEqual([
    { field: 'beancounters.numflock', text: 'node1 has no numflock: No /proc/locks.' },
  ])
})

test('a host that has reported nothing yet, or whose agent is older, is left for its agent to judge', () => {
  const part = { cpus: 4000, ioPerSecond: 100, cpuMask: '4000', beancounters: { numfile: one(1) } }
  expect(fields({ ...part, cpus: 1 }, { ...host(), facts: null, capabilities: null })).toEqual([])
  expect(fields({ ...part, cpus: 1 }, { ...host(), facts: { kernel: '5' }, capabilities: null })).toEqual([])
})

test('as a problem: every reason, and the first beside each field', () => {
  const problem = misfitProblem(
    limits({ cpus: 9, ioPerSecond: 100 }),
    host(['io-limits', 'cpu-sets']),
    'Small',
  )
  expect(problem).toMatchObject({
    code: 'capability-missing',
    fields: {
      'limits.cpus': 'node1 lacks “CPU and memory node sets”: No cpu-sets.',
      'limits.ioPerSecond': expect.stringContaining('No io-limits.'),
    },
  })
  expect(problem?.detail).toMatch(/^node1 cannot hold a VE to Small\. .*No cpu-sets\. .*No io-limits\.$/)
  expect(misfitProblem(DEFAULT_LIMITS, host(), 'Small')).toBeNull()
})
