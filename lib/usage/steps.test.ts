import { expect, test } from 'vitest'
import { pointsOf, type UsageRow } from './steps.ts'

const row = (minute: number, more: Partial<UsageRow> = {}): UsageRow => ({
  at: new Date(minute * 60_000),
  seconds: 60,
  cpuMicroseconds: 0,
  inBytes: 0,
  outBytes: 0,
  memoryBytes: null,
  swapBytes: null,
  processes: null,
  diskBytes: null,
  inodes: null,
  ...more,
})
const points = (rows: UsageRow[], minutes: number, stepSeconds: number) =>
  pointsOf(rows, new Date(0), new Date(minutes * 60_000), stepSeconds)

test('there is a point for every step, empty where nothing is known', () => {
  const [first, second, third, ...none] = points([row(1, { memoryBytes: 5 })], 3, 60)
  expect(none).toEqual([])
  expect(first).toEqual({ ...third, at: '1970-01-01T00:00:00.000Z' })
  expect(third).toMatchObject({
    at: '1970-01-01T00:02:00.000Z',
    cpuPercent: null,
    memoryBytes: null,
    inBits: null,
  })
  expect(second).toMatchObject({ memoryBytes: 5, cpuPercent: 0, swapBytes: null })
})

test('rates are over the time that was counted, the rest are means of what is known', () => {
  const rows = [
    row(0, { cpuMicroseconds: 60_000_000, inBytes: 750, processes: 2 }),
    row(1, { cpuMicroseconds: 30_000_000, processes: null }),
    row(2, { seconds: 0, processes: 4 }),
    row(5, { cpuMicroseconds: 1 }),
  ]
  expect(points(rows, 5, 300)).toMatchObject([{ cpuPercent: 75, inBits: 50, outBits: 0, processes: 3 }])
})

test('what is before the first or after the last step is left out', () => {
  expect(points([row(-1, { memoryBytes: 5 }), row(1, { memoryBytes: 5 })], 1, 60)).toMatchObject([
    { memoryBytes: null },
  ])
})
