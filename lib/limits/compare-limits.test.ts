import { expect, test } from 'vitest'
import { simulatedFacts } from '../../agents/sim/simulated-facts.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { GIB, MIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, type VeLimits, withLimits } from '../contract/ve-limits.ts'
import { compareLimits } from './compare-limits.ts'
import { limitDifferences } from './limit-differences.ts'
import { LIMIT_FIELDS } from './limit-fields.ts'
import { limitText } from './limit-text.ts'
import type { Enforcer } from './misfits.ts'

const { facts, capabilities } = simulatedFacts('node1', 'boot', 0)
const HOST: Enforcer = { name: 'node1', storage: 'image', facts, capabilities }
const part = { memoryBytes: GIB, beancounters: { numfile: { barrier: 9, limit: 9 } } }
const BIGGER: VeLimits = withLimits(DEFAULT_LIMITS, part)

test('the fields are all of a set, each once', () => {
  const { beancounters, ...plain } = DEFAULT_LIMITS
  const all = [...Object.keys(plain), ...Object.keys(beancounters).map((name) => `beancounters.${name}`)]
  expect([...LIMIT_FIELDS].sort()).toEqual(all.sort())
})

test('between two sets', () => {
  expect(limitDifferences(DEFAULT_LIMITS, BIGGER)).toEqual([
    {
      field: 'memoryBytes',
      before: { barrier: 512 * MIB, limit: 512 * MIB },
      after: { barrier: GIB, limit: GIB },
    },
    {
      field: 'beancounters.numfile',
      before: { barrier: null, limit: null },
      after: { barrier: 9, limit: 9 },
    },
  ])
  expect(limitDifferences(BIGGER, BIGGER)).toEqual([])
})

const of = (compared: ReturnType<typeof compareLimits>, field: string) =>
  compared.find((each) => each.field === field)

test('plan, record and kernel side by side', () => {
  const readings = Object.fromEntries(
    BEANCOUNTER_NAMES.map((name, index) => [name, { held: index, maxheld: index, failcnt: 0 }]),
  )
  const fileSystem = { usedBytes: 7, usedInodes: 3 }
  const observed = { beancounters: readings, fileSystem } as unknown as ObservedVe
  const compared = compareLimits(BIGGER, DEFAULT_LIMITS, HOST, observed)
  expect(compared.filter(({ differs }) => differs).map(({ field }) => field)).toEqual([
    'memoryBytes',
    'beancounters.numfile',
  ])
  expect(of(compared, 'memoryBytes')?.kernel).toMatchObject({ holds: 'enforced', held: 5 })
  expect(of(compared, 'memoryThrottleBytes')?.kernel).toMatchObject({ holds: 'enforced', held: null })
  expect(of(compared, 'diskBytes')?.kernel.held).toBe(7)
  expect(of(compared, 'cpus')?.kernel).toEqual({ holds: 'enforced', held: null, note: null })
})

test('what the host lacks or only counts is said with its reason; what it did not tell is unknown', () => {
  const limited: Enforcer = {
    ...HOST,
    facts: {
      ...facts,
      beancounters: { ...facts.beancounters, numfile: { status: 'accounted', note: 'Not held here.' } },
    },
    capabilities: { ...capabilities, 'io-limits': { available: false, reason: 'No io controller.' } },
  }
  const compared = compareLimits(null, DEFAULT_LIMITS, limited, null)
  expect(compared.every(({ plan, differs }) => plan === null && !differs)).toBe(true)
  expect(of(compared, 'beancounters.numfile')?.kernel).toEqual({
    holds: 'accounted',
    held: null,
    note: 'Not held here.',
  })
  const unavailable = { holds: 'unavailable', held: null, note: 'No io controller.' }
  expect(of(compared, 'ioPerSecond')?.kernel).toEqual(unavailable)
  const silent = compareLimits(null, DEFAULT_LIMITS, { ...HOST, facts: null, capabilities: null }, null)
  expect(of(silent, 'cpus')?.kernel.holds).toBe('unknown')
})

test.each([
  ['memoryBytes', { barrier: GIB, limit: GIB }, '1 GiB'],
  ['memoryThrottleBytes', { barrier: 0, limit: 0 }, 'none'],
  ['cpuLimitPercent', { barrier: null, limit: null }, 'no cap'],
  ['cpuMask', { barrier: null, limit: '0-3' }, '0-3'],
  ['diskGraceSeconds', { barrier: 259_200, limit: 259_200 }, '3 days'],
  ['ioBytesPerSecond', { barrier: MIB, limit: MIB }, '1 MiB/s'],
  ['beancounters.numfile', { barrier: null, limit: null }, 'unlimited'],
  ['beancounters.vmguarpages', { barrier: 0, limit: null }, 'none'],
  ['beancounters.lockedpages', { barrier: 8 * MIB, limit: 64 * MIB }, '8 MiB, at most 64 MiB'],
] as const)('%s in words', (field, value, text) => {
  expect(limitText(field, value)).toBe(text)
})
