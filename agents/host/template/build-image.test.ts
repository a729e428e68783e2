import { expect, test } from 'vitest'
import { MIB } from '../../../lib/contract/units.ts'
import { imageBytes } from './build-image.ts'

test('an image has room for what is in it and for its journal, in whole blocks', () => {
  for (const used of [1, 150 * MIB, 700 * MIB + 1]) {
    expect(imageBytes(used)).toBeGreaterThan(used * 1.1 + 32 * MIB)
    expect(imageBytes(used) % (4 * MIB)).toBe(0)
  }
})
