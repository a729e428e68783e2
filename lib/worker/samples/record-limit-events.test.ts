import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../../auth/viewer.ts'
import type { LimitEvent } from '../../contract/limit-event.ts'
import { db } from '../../db/client.ts'
import { subscribe } from '../../events/listen.ts'
import { listLimitEvents } from '../../usage/limit-events.ts'
import { oldLimitEvents } from '../reconcilers/old-limit-events.ts'
import { eventually, type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { EVENTS_KEPT, recordLimitEvents } from './record-limit-events.ts'
import { SampleSink } from './sample-sink.ts'
import { sampleOf, seenAs } from './test-samples.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
})
afterAll(() => database.drop())

type Made = Awaited<ReturnType<typeof makeVe>>
const AT = Date.now() - 60_000

function event(ve: Made, id: string, more: Partial<LimitEvent> = {}): LimitEvent {
  return {
    veid: ve.veid,
    uuid: ve.id,
    id,
    at: AT,
    kind: 'refused',
    parameter: 'numproc',
    held: 1024,
    barrier: 1024,
    limit: 1024,
    refusals: 3,
    before: [{ at: AT - 1000, held: 1000 }],
    holders: [{ pid: 4711, command: 'fork\0bomb', held: 900 }],
    ...more,
  }
}
const record = (...events: LimitEvent[]) => recordLimitEvents(fleet.hostId, events)
const countOf = (ve: Made) => db().limitEvent.count({ where: { veId: ve.id } })

function viewer(): Viewer {
  const membership = {
    accountId: fleet.accountId,
    accountKind: 'provider',
    role: 'viewer',
    subtree: null,
    ancestors: [],
  }
  return { userId: 'x', name: 'x', email: 'x', memberships: [membership], via: 'session' } as Viewer
}

test('an event is kept once, whoever tells it again, and the page of its VE hears of it once', async () => {
  const ve = await makeVe(fleet, 'bomb', 'running')
  const heard: string[] = []
  const stop = await subscribe((each) => {
    if (each?.topic === 've' && each.id === ve.id) heard.push(each.id)
  })
  await record(event(ve, 'a'), event(ve, 'b', { at: AT + 1 }))
  await record(event(ve, 'a'))
  await eventually(async () => heard.length > 0)
  stop()
  expect(heard).toHaveLength(1)
  const { items, next } = await listLimitEvents(viewer(), { veId: ve.id, limit: 1 })
  expect(items).toMatchObject([
    {
      at: new Date(AT + 1).toISOString(),
      parameter: 'numproc',
      refusals: 3,
      before: [{ at: new Date(AT - 1000).toISOString(), held: 1000 }],
      holders: [{ command: 'fork\ufffdbomb', held: 900 }],
      text: expect.stringMatching(/^No further process could be started: /),
      proposal: { processes: 1280 },
    },
  ])
  const rest = await listLimitEvents(viewer(), { veId: ve.id, cursor: next ?? '' })
  expect(rest).toMatchObject({ items: [{ at: new Date(AT).toISOString() }], next: null })
})

test('those of VEs of other hosts are passed over', async () => {
  const other = await makeVe(await makeFleet(), 'other', 'running')
  await record(event(other, 'a'))
  expect(await countOf(other)).toBe(0)
})

test('of very many the newest are kept, and none beyond its time', async () => {
  const ve = await makeVe(fleet, 'flood', 'running')
  const events = Array.from({ length: EVENTS_KEPT + 5 }, (_, n) =>
    event(ve, `e${n}`, { at: AT - 10_000 + n }),
  )
  await record(...events)
  expect(await countOf(ve)).toBe(EVENTS_KEPT)
  expect(await db().limitEvent.count({ where: { veId: ve.id, key: { in: ['e0', 'e4'] } } })).toBe(0)
  const old = new Date(Date.now() - 91 * 86_400_000)
  await db().limitEvent.updateMany({ where: { veId: ve.id, key: { not: 'e100' } }, data: { at: old } })
  await oldLimitEvents.run({} as never)
  expect(await db().limitEvent.findMany({ where: { veId: ve.id } })).toMatchObject([{ key: 'e100' }])
})

test('no event is lost of samples that came too fast to be written one by one', async () => {
  const ve = await makeVe(fleet, 'fast', 'running')
  const sink = new SampleSink(fleet.hostId, pino({ level: 'silent' }))
  for (let n = 0; n < 20; n += 1)
    sink.take(sampleOf([seenAs(ve, 'running')], { at: AT + n, limitEvents: [event(ve, `n${n}`)] }))
  await sink.close()
  expect(await countOf(ve)).toBe(20)
})

test('an event that the database will never take holds up no other', async () => {
  const ve = await makeVe(fleet, 'impossible', 'running')
  const sink = new SampleSink(fleet.hostId, pino({ level: 'silent' }))
  const beforeAllTime = { at: -9e15 }
  const take = (limitEvents: LimitEvent[]) => sink.take(sampleOf([seenAs(ve, 'running')], { limitEvents }))
  take([event(ve, 'sink:impossible', beforeAllTime), event(ve, 'sink:after')])
  await eventually(async () => (await countOf(ve)) === 1)
  for (const id of ['sink:b', 'sink:c', 'sink:d']) {
    const count = await countOf(ve)
    take([event(ve, id)])
    await eventually(async () => (await countOf(ve)) === count + 1)
  }
  await sink.close()
  expect(await countOf(ve)).toBe(4)
})
