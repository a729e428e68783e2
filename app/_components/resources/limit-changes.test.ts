import { expect, test } from 'vitest'
import { MIB } from '@/lib/contract/units.ts'
import { DEFAULT_LIMITS } from '@/lib/contract/ve-limits.ts'
import { limitChanges, typedChange } from './limit-changes.ts'
import { readLimits } from './typed-limits.ts'

const part = {
  memoryBytes: 768 * MIB,
  cpus: 2,
  swapBytes: DEFAULT_LIMITS.swapBytes,
  beancounters: {
    numpty: { barrier: 128, limit: 128 },
    lockedpages: { barrier: 8 * MIB, limit: 96 * MIB },
    vmguarpages: { barrier: 64 * MIB, limit: null },
    numfile: DEFAULT_LIMITS.beancounters.numfile,
  },
}

test('a change is told from what is to what would be, without what stays', () =>
  expect(
    limitChanges(DEFAULT_LIMITS, part).map(({ label, from, to }) => `${label}: ${from} → ${to}`),
  ).toEqual([
    'Memory: 512 MiB → 768 MiB',
    'CPUs it has: all → 2',
    'Locked memory: 8 MiB : 64 MiB → 8 MiB : 96 MiB',
    'Memory guarantee: 0 → 64 MiB',
    'Terminals: 64 → 128',
  ]))

test('a change is typed as the form has it', () =>
  expect(readLimits(typedChange(DEFAULT_LIMITS, part)).part).toEqual({
    memoryBytes: 768 * MIB,
    cpus: 2,
    beancounters: {
      numpty: part.beancounters.numpty,
      lockedpages: part.beancounters.lockedpages,
      vmguarpages: part.beancounters.vmguarpages,
    },
  }))
