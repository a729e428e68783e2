import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { BEANCOUNTER_NAMES } from '../../contract/beancounters.ts'
import { db } from '../../db/client.ts'
import { MinuteGatherer } from '../../usage/minute.ts'
import { keepPartitions } from '../../usage/partitions.ts'
import { rollUp } from '../../usage/roll-up.ts'
import { type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { recordUsage } from './record-usage.ts'
import { sampleOf, seenAs } from './test-samples.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
beforeAll(async () => {
  database = await useTestDatabase()
  await keepPartitions()
  fleet = await makeFleet()
})
afterAll(() => database.drop())

type Made = Awaited<ReturnType<typeof makeVe>>
const MINUTE = 60_000
const NONE = { inBytes: 0, outBytes: 0 }
/** A whole hour that is over for good. */
const HOUR = Math.floor(Date.now() / 3_600_000 - 2) * 3_600_000

function beancounters(held: number, failcnt: number): NonNullable<ObservedVe['beancounters']> {
  const each = BEANCOUNTER_NAMES.map((name, index) => [name, { held: held + index, maxheld: 0, failcnt }])
  return Object.fromEntries(each)
}

/** What the host shows of a VE `second` seconds after HOUR; it began to run then. */
function seen(ve: Made, second: number, more: Partial<ObservedVe> & { run?: string; bytes?: number } = {}) {
  const { run = 'run-1', bytes = 0, ...rest } = more
  const traffic = { base: NONE, live: { inBytes: bytes, outBytes: 2 * bytes }, series: run }
  return {
    at: HOUR + second * 1000,
    ves: [seenAs(ve, 'running', { startedAt: HOUR, traffic, cpuMicroseconds: 0, ...rest })],
  }
}

async function record(...samples: { at: number; ves: ObservedVe[] }[]) {
  const gatherer = new MinuteGatherer()
  for (const sample of samples) {
    const over = gatherer.add(sampleOf(sample.ves, { at: sample.at }), sample.at)
    if (over) await recordUsage(fleet.hostId, over)
  }
  const rest = gatherer.take()
  if (rest) await recordUsage(fleet.hostId, rest)
}
const minutesOf = (ve: Made) =>
  db().veUsageMinute.findMany({ where: { veId: ve.id }, orderBy: { at: 'asc' } })

test('a minute holds means of what is held, and how much counters grew', async () => {
  const ve = await makeVe(fleet, 'means', 'running')
  await record(
    seen(ve, 10, {
      memoryBytes: 100,
      processes: 4,
      cpuMicroseconds: 1_000_000,
      beancounters: beancounters(0, 1),
    }),
    seen(ve, 30, {
      memoryBytes: 300,
      processes: 6,
      cpuMicroseconds: 2_000_000,
      bytes: 50,
      beancounters: beancounters(10, 4),
    }),
    seen(ve, 90, {
      memoryBytes: 500,
      cpuMicroseconds: 2_500_000,
      bytes: 80,
      beancounters: beancounters(20, 4),
    }),
  )
  const [first, second, ...none] = await minutesOf(ve)
  expect(first).toMatchObject({
    at: new Date(HOUR),
    samples: 2,
    seconds: 30,
    cpuMicroseconds: 2_000_000n,
    inBytes: 50n,
    outBytes: 100n,
    memoryBytes: 200n,
    processes: 5n,
    diskBytes: null,
    held: BEANCOUNTER_NAMES.map((_, index) => BigInt(5 + index)),
    failed: BEANCOUNTER_NAMES.map(() => 4n),
  })
  expect(second).toMatchObject({
    at: new Date(HOUR + MINUTE),
    seconds: 60,
    cpuMicroseconds: 500_000n,
    inBytes: 30n,
    memoryBytes: 500n,
    processes: null,
    failed: [],
  })
  expect(none).toEqual([])
})

test('the counters of another run begin anew', async () => {
  const ve = await makeVe(fleet, 'restarted', 'running')
  await record(seen(ve, 10, { cpuMicroseconds: 900, beancounters: beancounters(0, 9) }))
  await record(seen(ve, 70, { run: 'run-2', cpuMicroseconds: 950, beancounters: beancounters(0, 2) }))
  expect(await minutesOf(ve)).toMatchObject([
    { cpuMicroseconds: 900n, failed: expect.arrayContaining([9n]) },
    { cpuMicroseconds: 950n, failed: expect.arrayContaining([2n]) },
  ])
})

test('a minute in two halves is their mean and their sum; what was written already is not written again', async () => {
  const ve = await makeVe(fleet, 'halves', 'running')
  const halves = [
    seen(ve, 10, { memoryBytes: 100, cpuMicroseconds: 5, beancounters: beancounters(1, 1) }),
    seen(ve, 20, { memoryBytes: 400, cpuMicroseconds: 8, beancounters: beancounters(2, 3) }),
  ] as const
  await record(halves[0])
  await Promise.all([record(halves[1]), record(halves[1])])
  expect(await minutesOf(ve)).toMatchObject([
    {
      samples: 2,
      seconds: 20,
      cpuMicroseconds: 8n,
      memoryBytes: 250n,
      failed: BEANCOUNTER_NAMES.map(() => 3n),
    },
  ])
})

test('a host whose clock was set back goes on to be recorded', async () => {
  const ve = await makeVe(fleet, 'clock', 'running')
  await record(seen(ve, 3_500, { cpuMicroseconds: 5, beancounters: beancounters(0, 1) }))
  await record(seen(ve, 10, { cpuMicroseconds: 8, beancounters: beancounters(0, 3) }))
  await record(seen(ve, 70, { cpuMicroseconds: 9, beancounters: beancounters(0, 3) }))
  expect(await minutesOf(ve)).toMatchObject([
    { seconds: 0, cpuMicroseconds: 0n, failed: BEANCOUNTER_NAMES.map(() => 2n) },
    { seconds: 60, cpuMicroseconds: 1n },
    { at: new Date(HOUR + 58 * MINUTE) },
  ])
})

test('a VE of another host is passed over, and one that is stopped has no minutes', async () => {
  const other = await makeVe(await makeFleet(), 'other', 'running')
  const stopped = await makeVe(fleet, 'stopped', 'stopped')
  await record(seen(other, 10), { at: HOUR, ves: [seenAs(stopped, 'stopped')] })
  expect(await minutesOf(other)).toEqual([])
  expect(await minutesOf(stopped)).toEqual([])
})

test('hours are made of minutes, as often as one likes', async () => {
  const ve = await makeVe(fleet, 'rolled', 'running')
  await record(
    seen(ve, 10, { memoryBytes: 100, cpuMicroseconds: 5, beancounters: beancounters(10, 1) }),
    seen(ve, 20, { memoryBytes: 100, cpuMicroseconds: 6, beancounters: beancounters(10, 1) }),
    seen(ve, 70, { memoryBytes: 400, cpuMicroseconds: 9, beancounters: beancounters(30, 5) }),
    seen(ve, 130, { cpuMicroseconds: 10 }),
  )
  const hours = () => db().veUsageHour.findMany({ where: { veId: ve.id } })
  await rollUp()
  const expected = {
    at: new Date(HOUR),
    samples: 4,
    seconds: 130,
    cpuMicroseconds: 10n,
    memoryBytes: 200n,
    held: BEANCOUNTER_NAMES.map((_, index) => BigInt(20 + index)),
    failed: BEANCOUNTER_NAMES.map(() => 5n),
  }
  const [hour, ...none] = await hours()
  expect(none).toEqual([])
  expect(hour).toMatchObject(expected)
  await db().usageRollup.deleteMany()
  await Promise.all([rollUp(), rollUp()])
  expect(await hours()).toEqual([hour])
})
