import { expect, test } from 'vitest'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { GIB, MIB } from '../contract/units.ts'
import { DEFAULT_LIMITS, withLimits } from '../contract/ve-limits.ts'
import { seenAs } from '../worker/samples/test-samples.ts'
import { changedLimits } from './limit-differences.ts'
import { limitWarnings } from './limit-warnings.ts'
import { LIMITS_FROM_NEXT_START, waitingLimits } from './limits-next-start.ts'

const VE = { id: '00000000-0000-4000-8000-000000000000', veid: 101 }
const seen = (more: Partial<ObservedVe>) => seenAs(VE, 'running', more)
const fields = (...given: Parameters<typeof limitWarnings>) =>
  limitWarnings(...given).map(({ field }) => field)

test('a limit below what is used is said with the numbers', () => {
  const fileSystem = {
    ...{ usedBytes: 5 * GIB, totalBytes: 8 * GIB, usedInodes: 1_500, totalInodes: 9_000 },
    ...{ bytesGraceEndsAt: null, inodesGraceEndsAt: null },
  }
  const each = BEANCOUNTER_NAMES.map((name) => [name, { held: 70, maxheld: 70, failcnt: 0 }])
  const beancounters = { ...Object.fromEntries(each), physpages: { held: 600 * MIB, maxheld: 0, failcnt: 0 } }
  const limits = withLimits(DEFAULT_LIMITS, {
    diskInodes: 1_000,
    processes: 64,
    beancounters: { numfile: { barrier: 70, limit: 70 }, vmguarpages: { barrier: 1, limit: null } },
  })
  expect(limitWarnings(limits, seen({ fileSystem, beancounters }))).toEqual([
    { field: 'diskBytes', text: expect.stringMatching(/^It uses 5 GiB; 4 GiB is less\. /) },
    { field: 'diskInodes', text: expect.stringMatching(/^It uses 1,500; 1,000 is less\. /) },
    { field: 'memoryBytes', text: expect.stringMatching(/^It holds 600 MiB; 512 MiB is less\. /) },
    { field: 'swapBytes', text: expect.stringMatching(/^It holds 70 B; 0 B is less\. /) },
    { field: 'processes', text: expect.stringMatching(/^It holds 70; 64 is less\. /) },
    { field: 'beancounters.numpty', text: expect.stringMatching(/^It holds 70; 64 is less\. /) },
  ])
})

test('what nobody has counted is not warned of', () => {
  expect(limitWarnings(DEFAULT_LIMITS, null)).toEqual([])
  expect(fields(DEFAULT_LIMITS, seen({}))).toEqual([])
  expect(fields(DEFAULT_LIMITS, seen({ memoryBytes: GIB, processes: 2_000 }))).toEqual([
    'memoryBytes',
    'processes',
  ])
})

test('changes are told by field, and which of them wait for the next start', () => {
  const after = withLimits(DEFAULT_LIMITS, {
    cpus: 2,
    beancounters: { numsiginfo: { barrier: 9, limit: 9 }, numfile: { barrier: 9, limit: 9 } },
  })
  expect(changedLimits(DEFAULT_LIMITS, structuredClone(DEFAULT_LIMITS))).toEqual([])
  expect(changedLimits(DEFAULT_LIMITS, after).sort()).toEqual([
    'beancounters.numfile',
    'beancounters.numsiginfo',
    'cpus',
  ])
  expect(waitingLimits(DEFAULT_LIMITS, after)).toEqual(['beancounters.numsiginfo'])
  for (const { reason } of LIMITS_FROM_NEXT_START) expect(reason).toMatch(/\.$/)
})
