import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { useTestDatabase } from '../worker/test-fleet.ts'
import { keepPartitions, partitionAt, partitionsOver, partitionsWanted } from './partitions.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

const NOW = new Date('2026-02-28T23:30:00Z')

test('a part holds a day, a month or a year of UTC', () => {
  expect(partitionAt('minute', NOW)).toEqual({
    name: 've_usage_minute_20260228',
    table: 've_usage_minute',
    from: new Date('2026-02-28T00:00:00Z'),
    to: new Date('2026-03-01T00:00:00Z'),
  })
  expect(partitionAt('hour', NOW)).toMatchObject({ name: 've_usage_hour_202602', to: new Date('2026-03-01') })
  expect(partitionAt('day', NOW)).toMatchObject({ name: 've_usage_day_2026', to: new Date('2027-01-01') })
})

test('there are those of what is kept, without a gap, and the next one', () => {
  const names = partitionsWanted('minute', NOW).map(({ name }) => name.slice(-8))
  expect(names).toEqual(['20260226', '20260227', '20260228', '20260301'])
  for (const level of ['minute', 'hour', 'day'] as const) {
    const parts = partitionsWanted(level, NOW)
    for (const [index, { from }] of parts.slice(1).entries()) expect(from).toEqual(parts[index]?.to)
  }
})

test('a part is over when all of it is older than what is kept', () => {
  const names = ['ve_usage_minute_20260225', 've_usage_minute_20260226', 've_usage_minute_20260301']
  expect(partitionsOver('minute', names, NOW)).toEqual(['ve_usage_minute_20260225'])
})

const parts = async () => {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT child.relname::text AS name FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
    JOIN pg_class parent ON parent.oid = inhparent WHERE parent.relkind = 'p' ORDER BY 1`
  return rows.map(({ name }) => name)
}
const wanted = (now: Date) =>
  (['minute', 'hour', 'day'] as const).flatMap((level) =>
    partitionsWanted(level, now).map(({ name }) => name),
  )

test('parts are made ahead and dropped, by several at once, and rows find theirs', async () => {
  await Promise.all([keepPartitions(NOW), keepPartitions(NOW)])
  expect(await parts()).toEqual(wanted(NOW).sort())
  const row = (at: string) => ({
    veId: crypto.randomUUID(),
    at: new Date(at),
    ...{ samples: 1, seconds: 60, cpuMicroseconds: 1, inBytes: 0, outBytes: 0 },
  })
  await db().veUsageMinute.createMany({ data: [row('2026-02-26T00:00:00Z'), row('2026-03-01T23:59:00Z')] })
  await expect(db().veUsageMinute.create({ data: row('2026-03-02T00:00:00Z') })).rejects.toThrow()
  const later = new Date('2026-03-02T00:00:00Z')
  await keepPartitions(later)
  const kept = await parts()
  expect(kept).not.toContain('ve_usage_minute_20260226')
  expect(kept).toContain('ve_usage_minute_20260303')
  expect(await db().veUsageMinute.count()).toBe(1)
})
