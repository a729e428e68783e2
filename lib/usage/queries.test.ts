import { afterAll, beforeAll, expect, test } from 'vitest'
import { BEANCOUNTER_NAMES } from '../contract/beancounters.ts'
import { db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { rowsRead } from '../db/test-rows-read.ts'
import { makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { keepPartitions } from './partitions.ts'
import { veBeancounterHistory, veUsage } from './queries.ts'
import { rollUp } from './roll-up.ts'
import { USAGE_RANGES } from './series.ts'

let world: TestWorld
let veId: string
const MINUTE = 60_000
const NOW = Date.now()
const minutesAgo = (minutes: number) => new Date((Math.floor(NOW / MINUTE) - minutes) * MINUTE)

beforeAll(async () => {
  world = await makeTestWorld()
  await keepPartitions()
  veId = await make('one')
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer

async function make(name: string): Promise<string> {
  const input = { name, hostname: 've.example.org', templateId: world.template }
  return (await createVe(admin(), input)).ve.id
}

function minute(ve: string, ago: number, more: Partial<Prisma.VeUsageMinuteCreateManyInput> = {}) {
  return {
    veId: ve,
    at: minutesAgo(ago),
    samples: 30,
    seconds: 60,
    cpuMicroseconds: 6_000_000,
    inBytes: 0,
    outBytes: 0,
    ...more,
  }
}

test('an hour by minutes, a day by five of them; what is not known is null', async () => {
  await db().veUsageMinute.createMany({
    data: [
      minute(veId, 2, { memoryBytes: 100 }),
      minute(veId, 30, { memoryBytes: 300 }),
      minute(veId, 1_000),
    ],
  })
  const hour = await veUsage(admin(), veId, { range: 'hour' })
  expect(hour.points).toHaveLength(60)
  expect(hour.points.filter(({ cpuPercent }) => cpuPercent !== null)).toMatchObject([
    { at: minutesAgo(30).toISOString(), memoryBytes: 300, cpuPercent: 10 },
    { at: minutesAgo(2).toISOString(), memoryBytes: 100, cpuPercent: 10 },
  ])
  const day = await veUsage(admin(), veId, { range: 'day' })
  expect(day).toMatchObject({ stepSeconds: 300 })
  expect(day.points).toHaveLength(288)
  expect(day.points.filter(({ cpuPercent }) => cpuPercent === 10)).toHaveLength(3)
})

test('a week, a month and a year show what is rolled up and what is not yet', async () => {
  const known = async () =>
    Promise.all(
      (['week', 'month', 'year'] as const).map(async (range) => {
        const { points } = await veUsage(admin(), veId, { range })
        return points.reduce((sum, { memoryBytes }) => sum + (memoryBytes === null ? 0 : 1), 0)
      }),
    )
  const before = await known()
  expect(Math.min(...before)).toBeGreaterThan(0)
  await rollUp()
  expect(await db().usageRollup.count()).toBe(2)
  expect(await known()).toEqual(before)
})

test('each beancounter has its last day in 48 steps, and its refusals since yesterday', async () => {
  const ve = await make('counted')
  const each = (value: number) => BEANCOUNTER_NAMES.map((_, index) => value + index)
  await db().veUsageMinute.createMany({
    data: [
      minute(ve, 3, { held: each(100), failed: each(0) }),
      minute(ve, 700, { held: each(300), failed: each(2) }),
      minute(ve, 701, { held: each(300), failed: each(2) }),
      minute(ve, 25 * 60, { held: each(900), failed: each(900) }),
    ],
  })
  const history = await veBeancounterHistory(admin(), ve)
  expect(Object.keys(history)).toEqual([...BEANCOUNTER_NAMES])
  expect(history.kmemsize.held).toHaveLength(48)
  expect(new Set(history.kmemsize.held)).toEqual(new Set([null, 300, 100]))
  expect(history.kmemsize.failsSinceYesterday).toBe(4)
  expect(history.lockedpages.failsSinceYesterday).toBe(7)
  const none = await veBeancounterHistory(admin(), await make('new'))
  expect(none.numproc).toEqual({ held: Array(48).fill(null), failsSinceYesterday: 0 })
})

test('another’s VE is as if it were not there', async () => {
  const { stranger } = world.people
  expect((await refusal(veUsage(stranger.viewer, veId, { range: 'hour' }))).code).toBe('not-found')
  expect((await refusal(veBeancounterHistory(stranger.viewer, veId))).code).toBe('not-found')
})

test('what is read does not grow with what others use', async () => {
  const read = async () => {
    const counts: number[] = []
    for (const range of USAGE_RANGES)
      counts.push(await rowsRead(world.url, 've_usage_minute', () => veUsage(admin(), veId, { range })))
    counts.push(await rowsRead(world.url, 've_usage_minute', () => veBeancounterHistory(admin(), veId)))
    return counts
  }
  const others = Array.from({ length: 40 }, () => crypto.randomUUID())
  for (let ago = 1; ago <= 60; ago += 1)
    await db().veUsageMinute.createMany({ data: others.map((other) => minute(other, ago)) })
  await db().$executeRaw`ANALYZE ve_usage_minute`
  const counts = await read()
  expect(Math.min(...counts)).toBeGreaterThan(0)
  expect(Math.max(...counts)).toBeLessThan(others.length)
})
