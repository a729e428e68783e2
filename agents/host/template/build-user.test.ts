import { expect, test } from 'vitest'
import { freeRange, parseSubordinateIds } from './build-user.ts'

test('subuid lines', () => {
  expect(parseSubordinateIds('ann:100000:65536\n# no\nbob:165536:65536\n')).toEqual([
    { owner: 'ann', first: 100_000, count: 65_536 },
    { owner: 'bob', first: 165_536, count: 65_536 },
  ])
})

test('the highest range below those of containers is taken first', () => {
  expect(freeRange([])).toBe(458_752)
})

test('a range that overlaps another, if only by one id, is not free', () => {
  expect(freeRange([{ owner: 'ann', first: 524_287, count: 1 }])).toBe(458_752 - 65_536)
  expect(freeRange([{ owner: 'ann', first: 400_000, count: 100_000 }])).toBe(327_680)
})

test('none is left when people have them all', () => {
  expect(freeRange([{ owner: 'ann', first: 100_000, count: 500_000 }])).toBeNull()
})
