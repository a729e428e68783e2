import { expect, test } from 'vitest'
import { overlaps } from './network.ts'

test.each([
  ['10.77.0.0/24', '10.77.0.11/24', true],
  ['10.77.0.0/24', '10.77.1.1/24', false],
  ['10.0.0.0/8', '10.77.3.0/24', true],
  ['10.77.0.255', '10.77.0.0/24', true],
  ['192.0.2.0/24', '10.77.0.0/24', false],
  ['0.0.0.0/0', '10.77.0.0/24', true],
])('%s and %s share an address: %s', (a, b, shared) => {
  expect(overlaps(a, b)).toBe(shared)
  expect(overlaps(b, a)).toBe(shared)
})
