import { expect, test } from 'vitest'
import { type UsageReading, usageDelta } from './usage-delta.ts'

const NONE = { inBytes: 0, outBytes: 0 }
const MINUTE = 60_000

function reading(
  minute: number,
  more: Partial<UsageReading> & { run?: string; bytes?: number } = {},
): UsageReading {
  const { run = 'boot:1', bytes = 0, ...rest } = more
  const traffic = { base: NONE, live: { inBytes: bytes, outBytes: 2 * bytes }, series: run }
  return { at: minute * MINUTE, startedAt: 0, traffic, cpuMicroseconds: 0, failed: [0, 0], ...rest }
}

test('counters that grew are counted by how much', () => {
  const last = reading(10, { cpuMicroseconds: 5_000, failed: [1, 7], bytes: 100 })
  const now = reading(11, { cpuMicroseconds: 8_000, failed: [1, 9], bytes: 150 })
  expect(usageDelta(last, now)).toEqual({
    seconds: 60,
    cpuMicroseconds: 3_000,
    inBytes: 50,
    outBytes: 100,
    failed: [0, 2],
  })
})

test('another run began at nothing, also when it is past the former already', () => {
  const last = reading(10, { cpuMicroseconds: 5_000, failed: [3, 0] })
  const now = reading(11, { run: 'boot:2', cpuMicroseconds: 9_000, failed: [4, 1] })
  expect(usageDelta(last, now)).toMatchObject({ cpuMicroseconds: 9_000, failed: [4, 1] })
})

test('a counter that shrank was begun anew', () => {
  const last = reading(10, { cpuMicroseconds: 5_000, failed: [3, 2] })
  const now = reading(11, { cpuMicroseconds: 1_000, failed: [1, 2] })
  expect(usageDelta(last, now)).toMatchObject({ cpuMicroseconds: 1_000, failed: [1, 0] })
})

test('a first reading counts a young run whole, and nothing of an old one', () => {
  const now = reading(10, { cpuMicroseconds: 5_000, failed: [3, 2], bytes: 7 })
  expect(usageDelta(null, { ...now, startedAt: 9 * MINUTE })).toEqual({
    seconds: 60,
    cpuMicroseconds: 5_000,
    inBytes: 7,
    outBytes: 14,
    failed: [3, 2],
  })
  expect(usageDelta(null, now)).toEqual({
    seconds: 600,
    cpuMicroseconds: 5_000,
    inBytes: 7,
    outBytes: 14,
    failed: [3, 2],
  })
  const old = { ...now, at: 11 * MINUTE }
  expect(usageDelta(null, old)).toEqual({
    seconds: 0,
    cpuMicroseconds: 0,
    inBytes: 0,
    outBytes: 0,
    failed: null,
  })
})

test('after a long gap no rate is known, but every refusal is', () => {
  const last = reading(10, { cpuMicroseconds: 5_000, failed: [3, 2] })
  const now = reading(100, { cpuMicroseconds: 9_000, failed: [4, 2], bytes: 5 })
  expect(usageDelta(last, now)).toEqual({
    seconds: 0,
    cpuMicroseconds: 0,
    inBytes: 0,
    outBytes: 0,
    failed: [1, 0],
  })
})

test('readings that arrive out of order count for nothing', () => {
  const last = reading(10, { cpuMicroseconds: 5_000, failed: null })
  expect(usageDelta(last, reading(9, { failed: null }))).toMatchObject({
    seconds: 0,
    cpuMicroseconds: 0,
    inBytes: 0,
  })
})

test('a VE that does not run has no counters', () => {
  const last = reading(10, { cpuMicroseconds: 5_000 })
  const traffic = { base: { inBytes: 100, outBytes: 0 }, live: NONE, series: null }
  const now = { ...reading(11), traffic, startedAt: null, cpuMicroseconds: null, failed: null }
  expect(usageDelta(last, now)).toEqual({
    seconds: 60,
    cpuMicroseconds: 0,
    inBytes: 100,
    outBytes: 0,
    failed: null,
  })
})
