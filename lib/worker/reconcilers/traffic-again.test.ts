import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import type { Prisma } from '../../db/generated/client.ts'
import { type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { trafficAgain } from './traffic-again.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
})
afterAll(() => database.drop())

const MINUTE = 60_000
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE)
const run = () => trafficAgain.run({} as never)

async function make(name: string, data: Prisma.VeUpdateInput): Promise<string> {
  const { id } = await makeVe(fleet, name, 'running')
  await db().ve.update({ where: { id }, data })
  return id
}
function ended(veId: string, type: string, minutes: number, more: object = {}) {
  const data = { ...fleet, veId, type, title: 'x', input: {}, actorName: 'Corral', queue: `ve:${veId}` }
  const times = { createdAt: ago(minutes + 1), endedAt: ago(minutes) }
  return db().operation.create({ data: { ...data, status: 'failed', ...times, ...more } })
}
const queued = async (veId: string) => {
  const rows = await db().operation.findMany({ where: { veId, status: 'queued' } })
  return rows.map(({ type }) => type)
}

const USED_UP = { trafficAction: 'suspend', trafficExceededAt: ago(60) } as const
const SUSPENDED = { suspendedAt: ago(60), suspendReason: 'traffic', state: 'stopped' } as const

test('a suspension that failed is asked for again, once, by however many workers', async () => {
  const ve = await make('metered', USED_UP)
  await ended(ve, 've-suspend', 10)
  await Promise.all([run(), run()])
  await run()
  expect(await queued(ve)).toEqual(['ve-suspend'])
  expect(await db().auditEvent.count({ where: { veId: ve } })).toBe(0)
})

test('and so is lifting it, and throttling and the end of that', async () => {
  const lifted = await make('lifted', SUSPENDED)
  await ended(lifted, 've-unsuspend', 10)
  const throttled = await make('throttled', { trafficExceededAt: ago(60) })
  await ended(throttled, 've-configure', 10)
  const free = await make('free', {})
  await ended(free, 've-configure', 10)
  await run()
  expect(await queued(lifted)).toEqual(['ve-unsuspend'])
  expect(await queued(throttled)).toEqual(['ve-configure'])
  expect(await queued(free)).toEqual(['ve-configure'])
  const titles = await db().operation.findMany({ where: { status: 'queued', type: 've-configure' } })
  expect(titles.map(({ title }) => title.split(' ')[0]).sort()).toEqual(['Lift', 'Throttle'])
})

test('not what is over, what somebody did meanwhile, what just failed, or what a person asked for', async () => {
  const over = await make('over', { trafficAction: 'suspend' })
  await ended(over, 've-suspend', 10)
  const pardoned = await make('pardoned', { ...SUSPENDED, suspendReason: 'abuse' })
  await ended(pardoned, 've-unsuspend', 10)
  const byHand = await make('by-hand', SUSPENDED)
  await ended(byHand, 've-unsuspend', 20)
  await ended(byHand, 've-suspend', 10, { status: 'succeeded', actorId: 'somebody' })
  const started = await make('started', { trafficExceededAt: ago(60) })
  await ended(started, 've-configure', 20)
  await ended(started, 've-start', 10, { status: 'succeeded', actorId: 'somebody' })
  const fresh = await make('fresh', USED_UP)
  await ended(fresh, 've-suspend', 1)
  const personal = await make('personal', {})
  await ended(personal, 've-configure', 10, { actorId: 'somebody' })
  const busy = await make('busy', USED_UP)
  await ended(busy, 've-suspend', 10)
  await ended(busy, 've-configure', 5, { status: 'running', endedAt: null, actorId: 'somebody' })
  await run()
  for (const ve of [over, pardoned, byHand, started, fresh, personal, busy])
    expect(await queued(ve)).toEqual([])
})

test('a host that is away is waited for, and a VE whose state forbids it is left for later', async () => {
  const away = await makeFleet()
  const ve = await make('away', USED_UP)
  await db().ve.update({ where: { id: ve }, data: { hostId: away.hostId } })
  await db().host.update({ where: { id: away.hostId }, data: { status: 'offline' } })
  await ended(ve, 've-suspend', 10)
  const broken = await make('broken', { ...USED_UP, state: 'failed' })
  await ended(broken, 've-suspend', 10)
  await run()
  expect([await queued(ve), await queued(broken)]).toEqual([[], []])
  await db().host.update({ where: { id: away.hostId }, data: { status: 'online' } })
  await db().ve.update({ where: { id: broken }, data: { state: 'running' } })
  await run()
  expect([await queued(ve), await queued(broken)]).toEqual([['ve-suspend'], ['ve-suspend']])
})
