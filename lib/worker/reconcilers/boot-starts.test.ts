import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import type { Prisma } from '../../db/generated/client.ts'
import { recordSample } from '../samples/record-sample.ts'
import { sampleOf, seenAs } from '../samples/test-samples.ts'
import { type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { bootStarts } from './boot-starts.ts'
import type { ReconcilerContext } from './reconciler.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

const context = { worker: { log: pino({ level: 'silent' }) } } as ReconcilerContext
const tick = () => bootStarts.run(context)
type Made = Awaited<ReturnType<typeof makeVe>>

async function make(fleet: Fleet, name: string, data: Prisma.VeUpdateInput = {}): Promise<Made> {
  const ve = await makeVe(fleet, name, 'running')
  return db().ve.update({ where: { id: ve.id }, data })
}

/** Its host goes down while all of them run, and boots. */
async function boot(fleet: Fleet, ves: Made[]): Promise<void> {
  const seen = (state: 'running' | 'stopped') => ves.map((ve) => seenAs(ve, state))
  await recordSample(fleet.hostId, sampleOf(seen('running')))
  await recordSample(fleet.hostId, sampleOf(seen('stopped'), { bootId: 'boot-2' }))
}

/** Names of what is being started now, without the numbers. */
async function starting(fleet: Fleet): Promise<string[]> {
  const rows = await db().operation.findMany({
    where: { hostId: fleet.hostId, type: 've-start', status: 'queued' },
    orderBy: { id: 'asc' },
  })
  return rows.map(({ title }) => title.replace(/^Start (\w+)-.*$/, '$1'))
}

function end(fleet: Fleet, name: string, state: 'running' | 'stopped') {
  return Promise.all([
    db().operation.updateMany({
      where: { hostId: fleet.hostId, title: { startsWith: `Start ${name}-` } },
      data: { status: state === 'running' ? 'succeeded' : 'failed' },
    }),
    db().ve.updateMany({
      where: { hostId: fleet.hostId, name: { startsWith: `${name}-` } },
      data: { state },
    }),
  ])
}

test('after a boot what ran is started in order; the next when the former have ended or failed', async () => {
  const fleet = await makeFleet()
  const ves = [
    await make(fleet, 'late', { bootOrder: 200 }),
    await make(fleet, 'first', { bootOrder: 1 }),
    await make(fleet, 'beside', { bootOrder: 1 }),
    await make(fleet, 'manual', { startOnBoot: false }),
  ]
  await boot(fleet, ves)
  await tick()
  expect(await starting(fleet)).toEqual(['first', 'beside'])
  await end(fleet, 'first', 'running')
  await tick()
  expect(await starting(fleet)).toEqual(['beside'])
  await end(fleet, 'beside', 'stopped')
  await tick()
  expect(await starting(fleet)).toEqual(['late'])
  await end(fleet, 'late', 'running')
  await tick()
  expect(await db().ve.count({ where: { hostId: fleet.hostId, NOT: { bootStart: null } } })).toBe(0)
  expect(await db().ve.findFirst({ where: { name: { startsWith: 'manual-' } } })).toMatchObject({
    state: 'stopped',
  })
})

test('not too many at once, and once each however often it is looked at', async () => {
  const fleet = await makeFleet()
  const ves = await Promise.all(Array.from({ length: 6 }, (_, n) => make(fleet, `ve${n}`)))
  await boot(fleet, ves)
  await Promise.all([tick(), tick()])
  await tick()
  expect(await starting(fleet)).toHaveLength(4)
  await end(fleet, 've0', 'running')
  await tick()
  expect(await starting(fleet)).toHaveLength(4)
})

test('what comes late, with a file system that is mounted late, is started when it is there', async () => {
  const fleet = await makeFleet()
  const [late, there, gone] = [
    await make(fleet, 'late', { bootOrder: 1 }),
    await make(fleet, 'there', { bootOrder: 50 }),
    await make(fleet, 'gone', { bootOrder: 1 }),
  ]
  const all = [late, there, gone]
  await recordSample(fleet.hostId, sampleOf(all.map((ve) => seenAs(ve, 'running'))))
  await recordSample(fleet.hostId, sampleOf([], { bootId: 'boot-2' }))
  await tick()
  expect(await starting(fleet)).toEqual([])
  await recordSample(fleet.hostId, sampleOf([seenAs(there, 'stopped')], { bootId: 'boot-2' }))
  await tick()
  expect(await starting(fleet)).toEqual(['there'])
  await end(fleet, 'there', 'running')
  const seen = [seenAs(late, 'stopped'), seenAs(there, 'running')]
  await recordSample(fleet.hostId, sampleOf(seen, { bootId: 'boot-2' }))
  await tick()
  expect(await starting(fleet)).toEqual(['late'])
  expect(await db().ve.findUnique({ where: { id: gone.id } })).toMatchObject({ state: 'failed' })
})

test('a host that is seen for the first time, and one whose VEs run on, start nothing', async () => {
  const fleet = await makeFleet()
  const ve = await make(fleet, 'on')
  await recordSample(fleet.hostId, sampleOf([seenAs(ve, 'stopped')], { bootId: 'boot-0' }))
  expect(await db().ve.findUnique({ where: { id: ve.id } })).toMatchObject({ bootStart: null })
  const other = await make(fleet, 'other')
  await recordSample(fleet.hostId, sampleOf([seenAs(other, 'running')], { bootId: 'boot-9' }))
  await tick()
  expect(await starting(fleet)).toEqual([])
})

test('what is suspended meanwhile, or was stopped before, stays down; what an operation worked on comes up', async () => {
  const fleet = await makeFleet()
  const [suspended, stopped, busy] = [
    await make(fleet, 'suspended'),
    await make(fleet, 'stopped', { state: 'stopped' }),
    await make(fleet, 'busy'),
  ]
  const data = { ...fleet, veId: busy.id, queue: `ve:${busy.id}`, type: 've-configure' }
  const operation = await db().operation.create({
    data: { ...data, title: 'x', input: {}, actorName: 'x', status: 'running' },
  })
  await recordSample(fleet.hostId, sampleOf([seenAs(busy, 'running')]))
  const seen = [suspended, stopped, busy].map((ve) => seenAs(ve, 'stopped'))
  await db().ve.update({ where: { id: suspended.id }, data: { state: 'running' } })
  await recordSample(fleet.hostId, sampleOf(seen, { bootId: 'boot-2' }))
  await db().ve.update({ where: { id: suspended.id }, data: { suspendedAt: new Date() } })
  await tick()
  expect(await starting(fleet)).toEqual([])
  expect(await db().ve.findUnique({ where: { id: busy.id } })).toMatchObject({ bootStart: 'waiting' })
  await db().operation.update({ where: { id: operation.id }, data: { status: 'succeeded' } })
  await tick()
  expect(await starting(fleet)).toEqual(['busy'])
})

test('what is hibernated stays so; what was being hibernated is started if that failed', async () => {
  const fleet = await makeFleet()
  const asleep = await make(fleet, 'asleep', { state: 'hibernated' })
  const torn = await make(fleet, 'torn', { state: 'hibernating' })
  const kept = await make(fleet, 'kept', { state: 'hibernating' })
  const data = (veId: string) => ({
    ...{ ...fleet, veId, type: 've-hibernate', title: 'x', input: {}, actorName: 'x' },
    ...{ queue: `ve:${veId}`, status: 'running' as const },
  })
  for (const { id } of [torn, kept]) await db().operation.create({ data: data(id) })
  const before = [seenAs(asleep, 'hibernated'), seenAs(torn, 'running'), seenAs(kept, 'running')]
  await recordSample(fleet.hostId, sampleOf(before))
  const seen = [seenAs(asleep, 'hibernated'), seenAs(torn, 'stopped'), seenAs(kept, 'hibernated')]
  await recordSample(fleet.hostId, sampleOf(seen, { bootId: 'boot-2' }))
  await tick()
  expect(await starting(fleet)).toEqual([])
  await db().operation.updateMany({ where: { hostId: fleet.hostId }, data: { status: 'failed' } })
  await db().ve.update({ where: { id: torn.id }, data: { state: 'running' } })
  await db().ve.update({ where: { id: kept.id }, data: { state: 'hibernated' } })
  await tick()
  expect(await starting(fleet)).toEqual(['torn'])
  expect(await db().ve.findUnique({ where: { id: asleep.id } })).toMatchObject({
    state: 'hibernated',
    bootStart: null,
  })
})

test('what was moving comes up here if it ran and is still this host’s; what was moved cold does not', async () => {
  const fleet = await makeFleet()
  const [live, cold] = [
    await make(fleet, 'live', { state: 'moving' }),
    await make(fleet, 'cold', { state: 'moving' }),
  ]
  const move = (ve: Made, kind: string) => {
    const what = { title: 'x', actorName: 'test', accountId: fleet.accountId, status: 'running' } as const
    const data = { ...what, type: 've-move', veId: ve.id, queue: `ve:${ve.id}`, input: { kind } }
    return db().operation.create({ data })
  }
  await Promise.all([move(live, 'live'), move(cold, 'cold')])
  await recordSample(fleet.hostId, sampleOf([seenAs(live, 'running'), seenAs(cold, 'stopped')]))
  const seen = [live, cold].map((ve) => seenAs(ve, 'stopped'))
  await recordSample(fleet.hostId, sampleOf(seen, { bootId: 'boot-2' }))
  expect(await db().ve.findUnique({ where: { id: live.id } })).toMatchObject({
    ...{ state: 'moving', bootStart: 'waiting' },
  })
  expect(await db().ve.findUnique({ where: { id: cold.id } })).toMatchObject({ bootStart: null })
  await db().operation.updateMany({ where: { veId: live.id }, data: { status: 'failed' } })
  await db().ve.update({ where: { id: live.id }, data: { state: 'stopped' } })
  await tick()
  expect(await starting(fleet)).toEqual(['live'])
})
