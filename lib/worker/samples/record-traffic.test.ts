import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import type { Prisma } from '../../db/generated/client.ts'
import { trafficMonths } from '../reconcilers/traffic-months.ts'
import { type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { recordTraffic } from './record-traffic.ts'
import { sampleOf, seenAs } from './test-samples.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
})
afterAll(() => database.drop())

const NONE = { inBytes: 0, outBytes: 0 }
type Made = Awaited<ReturnType<typeof makeVe>>

async function make(name: string, data: Prisma.VeUncheckedUpdateInput = {}): Promise<Made> {
  const ve = await makeVe(fleet, name, 'running')
  return db().ve.update({ where: { id: ve.id }, data })
}
const read = (...ves: [Made, number][]) =>
  recordTraffic(
    fleet.hostId,
    sampleOf(
      ves.map(([ve, bytes]) => {
        const live = { inBytes: bytes, outBytes: bytes * 2 }
        return seenAs(ve, 'running', { traffic: { base: NONE, live, series: 'a' } })
      }),
    ),
  )
const daysOf = (ve: Made) => db().veTraffic.findMany({ where: { veId: ve.id }, orderBy: { day: 'asc' } })
const veOf = (ve: Made) => db().ve.findUniqueOrThrow({ where: { id: ve.id } })
const operationsOn = async (ve: Made) => {
  const rows = await db().operation.findMany({ where: { veId: ve.id }, orderBy: { id: 'asc' } })
  return rows.map(({ type, title }) => `${type}: ${title.replace(/-\d+/, '')}`)
}

test('each byte is counted once, on the day, however often and by however many it is read', async () => {
  const [one, two] = [await make('one'), await make('two')]
  await read([one, 100], [two, 5])
  await Promise.all([read([one, 150], [two, 5]), read([one, 150], [two, 5])])
  expect(await daysOf(one)).toMatchObject([{ inBytes: 150n, outBytes: 300n }])
  expect(await daysOf(two)).toMatchObject([{ inBytes: 5n, outBytes: 10n }])
  const [today] = await daysOf(one)
  expect(today?.day.toISOString().slice(0, 10)).toBe(new Date().toISOString().slice(0, 10))
})

test('a VE of another host or panel is passed over', async () => {
  const other = await makeVe(await makeFleet(), 'other', 'running')
  await read([other, 100], [{ ...other, id: crypto.randomUUID() }, 100])
  expect(await daysOf(other)).toEqual([])
})

test('whoever reaches the limit is throttled, once, and let go when the month is over', async () => {
  const ve = await make('metered', { trafficLimitBytes: 1_000n })
  await read([ve, 300])
  expect(await veOf(ve)).toMatchObject({ trafficExceededAt: null })
  await read([ve, 334])
  await read([ve, 400])
  expect((await veOf(ve)).trafficExceededAt).not.toBeNull()
  expect(await operationsOn(ve)).toEqual(['ve-configure: Throttle metered: its traffic is used up'])
  await trafficMonths.run({} as never)
  expect((await veOf(ve)).trafficExceededAt).not.toBeNull()
  const lastMonth = new Date(Date.now() - 40 * 86_400_000)
  await db().ve.update({ where: { id: ve.id }, data: { trafficExceededAt: lastMonth } })
  await db().veTraffic.updateMany({ where: { veId: ve.id }, data: { day: lastMonth } })
  await trafficMonths.run({} as never)
  expect((await veOf(ve)).trafficExceededAt).toBeNull()
  expect((await operationsOn(ve)).at(-1)).toBe(
    've-configure: Lift the throttle of metered: it has traffic again',
  )
})

test('one that cannot be held back now is left, without a word, and held back once it can', async () => {
  const ve = await make('broken', { trafficLimitBytes: 10n, trafficAction: 'suspend', state: 'failed' })
  await read([ve, 300])
  await read([ve, 301])
  expect(await db().auditEvent.count({ where: { veId: ve.id } })).toBe(0)
  expect(await veOf(ve)).toMatchObject({ trafficExceededAt: null })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'running' } })
  await read([ve, 302])
  expect(await db().auditEvent.count({ where: { veId: ve.id } })).toBe(1)
  expect((await operationsOn(ve)).length).toBe(1)
})

test('or suspended, and only that suspension is lifted', async () => {
  const limits = { trafficLimitBytes: 10n, trafficAction: 'suspend' as const }
  const [ve, abuser] = [await make('metered', limits), await make('abuser', limits)]
  await db().ve.update({
    where: { id: abuser.id },
    data: { suspendedAt: new Date(), suspendReason: 'abuse', state: 'stopped' },
  })
  await read([ve, 300], [abuser, 300])
  expect(await operationsOn(ve)).toEqual(['ve-suspend: Suspend metered: its traffic is used up'])
  expect(await operationsOn(abuser)).toEqual([])
  const lastMonth = new Date(Date.now() - 40 * 86_400_000)
  await db().operation.deleteMany({ where: { veId: ve.id } })
  await db().ve.updateMany({
    where: { id: { in: [ve.id, abuser.id] } },
    data: { trafficExceededAt: lastMonth, state: 'stopped' },
  })
  await db().ve.update({
    where: { id: ve.id },
    data: { suspendedAt: lastMonth, suspendReason: 'traffic', suspendedRunning: true },
  })
  await db().veTraffic.updateMany({ data: { day: lastMonth } })
  await trafficMonths.run({} as never)
  expect(await operationsOn(ve)).toEqual([
    've-unsuspend: Lift the suspension of metered: it has traffic again',
  ])
  expect(await operationsOn(abuser)).toEqual([])
  expect(await veOf(abuser)).toMatchObject({ trafficExceededAt: null })
})
