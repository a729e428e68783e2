import { expect, test } from 'vitest'
import { MIB } from '@/lib/contract/units.ts'
import { DEFAULT_LIMITS } from '@/lib/contract/ve-limits.ts'
import { typedChange } from './limit-changes.ts'
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

test('a change is typed as the form has it, without what stays', () =>
  expect(readLimits(typedChange(DEFAULT_LIMITS, part)).part).toEqual({
    memoryBytes: 768 * MIB,
    cpus: 2,
    beancounters: {
      numpty: part.beancounters.numpty,
      lockedpages: part.beancounters.lockedpages,
      vmguarpages: part.beancounters.vmguarpages,
    },
  }))
