import { expect, test } from 'vitest'
import { trafficDelta } from './traffic-delta.ts'

const both = (bytes: number) => ({ inBytes: bytes, outBytes: bytes * 2 })
const reading = (base: number, live: number, series: string | null) => ({
  base: both(base),
  live: both(live),
  series,
})

test.each([
  ['the first reading counts whole', null, reading(100, 20, 'a'), 120],
  ['a series grows', reading(100, 20, 'a'), reading(100, 50, 'a'), 30],
  ['it ends in order, with more than was read last', reading(100, 50, 'a'), reading(170, 0, null), 20],
  ['it ends, and another has begun', reading(100, 50, 'a'), reading(170, 5, 'b'), 25],
  ['nothing runs, nothing passes', reading(170, 0, null), reading(170, 0, null), 0],
  ['a stopped one starts', reading(170, 0, null), reading(170, 7, 'b'), 7],
  ['a series was lost in a crash', reading(100, 50, 'a'), reading(100, 5, 'b'), 5],
  ['it was lost, and a short one ended since', reading(100, 50, 'a'), reading(110, 5, 'c'), 15],
  ['the host begins to count anew', reading(100, 50, 'a'), reading(0, 5, 'b'), 5],
  ['an older reading arrives late', reading(100, 50, 'a'), reading(100, 40, 'a'), 0],
])('%s', (_, last, now, bytes) => {
  expect(trafficDelta(last, now)).toEqual(both(bytes))
})
