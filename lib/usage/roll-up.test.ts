import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { useTestDatabase } from '../worker/test-fleet.ts'
import { keepPartitions } from './partitions.ts'
import { rolledUpTo, rollUp } from './roll-up.ts'

let database: { drop(): Promise<void> }
const NOW = new Date()
const today = (hours: number, minutes = 0) =>
  new Date(Date.UTC(NOW.getUTCFullYear(), NOW.getUTCMonth(), NOW.getUTCDate(), hours, minutes))
beforeAll(async () => {
  database = await useTestDatabase()
  await keepPartitions(NOW)
})
afterAll(() => database.drop())

const VE = crypto.randomUUID()
const minute = (at: Date) => ({
  veId: VE,
  at,
  ...{ samples: 1, seconds: 60, cpuMicroseconds: 1, inBytes: 0, outBytes: 0 },
})

test('an hour is rolled up when it is over and its last minute is in; a day when its hours are', async () => {
  await db().veUsageMinute.createMany({
    data: [minute(today(-1, 59)), minute(today(0, 0)), minute(today(0, 59))],
  })
  await rollUp(today(1, 2))
  expect(await rolledUpTo(db(), 'hour', today(1, 2))).toEqual(today(0))
  expect(await rolledUpTo(db(), 'day', today(1, 2))).toEqual(today(0))
  await rollUp(today(1, 3))
  const hours = await db().veUsageHour.findMany({ orderBy: { at: 'asc' } })
  expect(hours).toMatchObject([
    { at: today(-1), seconds: 60 },
    { at: today(0), seconds: 120, samples: 2 },
  ])
  expect(await db().veUsageDay.findMany()).toMatchObject([{ at: today(-24), seconds: 60 }])
})

test('a day waits for hours that another worker is at', async () => {
  await db().usageRollup.update({ where: { level: 'hour' }, data: { upto: today(-1) } })
  await db().usageRollup.update({ where: { level: 'day' }, data: { upto: today(-24) } })
  await db().$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('corral usage roll-up hour'))`
    await rollUp(today(1, 3))
  })
  expect(await rolledUpTo(db(), 'day', today(1, 3))).toEqual(today(-24))
  await rollUp(today(1, 3))
  expect(await rolledUpTo(db(), 'day', today(1, 3))).toEqual(today(0))
})
