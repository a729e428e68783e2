import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as plan from './hosts/[id]/evacuation/plan/route.ts'
import * as evacuation from './hosts/[id]/evacuation/route.ts'
import * as maintenance from './hosts/[id]/maintenance/route.ts'
import * as balance from './hosts/balance/route.ts'

type Handler = typeof plan.POST
type Call = { as?: Person; body?: unknown; method?: string; id?: string }

let world: TestWorld
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, { as, body, method = 'POST', id = world.hosts.one }: Call = {}) {
  const request = new Request(`http://panel.test/api/v1/x/${id}`, {
    method,
    headers: {
      authorization: `Bearer ${(as ?? world.people.admin).token}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await handler(request, { params: Promise.resolve({ id }) })
  return { status: response.status, json: await response.json() }
}

const move = (more: object = {}) => {
  const named = (id: string) => ({ id, name: 'x' })
  const [one, two] = [named(world.hosts.one), named(world.hosts.two)]
  return { ve: named(crypto.randomUUID()), from: one, to: two, kind: 'live', ...more }
}
const end = (status: 'succeeded' | 'failed', result: object = {}) =>
  db().operation.updateMany({ where: { status: 'queued' }, data: { status, result } })

test('an evacuation is asked for with the latest plan, once at a time, and takes the host into maintenance', async () => {
  expect((await call(evacuation.GET, { method: 'GET' })).json).toEqual({
    planning: null,
    plan: null,
    progress: null,
  })
  const asked = await call(plan.POST, { body: { restart: true } })
  expect(asked).toMatchObject({ status: 202, json: { operation: { type: 'host-evacuation-plan' } } })
  expect(await call(plan.POST, { body: {} })).toMatchObject({ status: 409 })
  const planId = asked.json.operation.id
  const moves = [{ ...move(), memoryBytes: 1, diskBytes: 1, notes: [] }]
  await end('succeeded', { moves, stay: [] })
  expect((await call(evacuation.GET, { method: 'GET' })).json.plan.moves).toHaveLength(1)
  const none = await call(evacuation.POST, { body: { planId: crypto.randomUUID() } })
  expect(none).toMatchObject({ status: 422, json: { fields: { planId: expect.any(String) } } })
  const begun = await call(evacuation.POST, { body: { planId, perPair: 1 } })
  expect(begun).toMatchObject({
    status: 202,
    json: { operation: { type: 'host-evacuate', status: 'queued' } },
  })
  expect(await call(evacuation.POST, { body: { planId } })).toMatchObject({ status: 409 })
  expect(await call(maintenance.PUT, { method: 'PUT', body: { on: false } })).toMatchObject({ status: 409 })
  await end('failed')
  const { json } = await call(evacuation.GET, { method: 'GET' })
  expect(json.progress).toMatchObject({
    total: 1,
    moved: 0,
    open: [{ status: 'waiting', operationId: null }],
  })
  expect((await call(maintenance.PUT, { method: 'PUT', body: { on: false } })).json).toMatchObject({
    status: 'online',
  })
})

test('a plan without a move is no evacuation', async () => {
  const { json } = await call(plan.POST, { body: {} })
  await end('succeeded', { moves: [], stay: [] })
  expect(await call(evacuation.POST, { body: { planId: json.operation.id } })).toMatchObject({ status: 409 })
  expect(await db().host.findUnique({ where: { id: world.hosts.one } })).toMatchObject({
    maintenanceAt: null,
  })
})

test('what is proposed for an even load is carried out as it was seen', async () => {
  expect(await call(balance.GET, { method: 'GET' })).toMatchObject({
    status: 200,
    json: { proposal: { moves: [], hosts: [{ before: 0, after: 0 }, {}] }, progress: null },
  })
  expect(await call(balance.POST, { body: { moves: [] } })).toMatchObject({ status: 422 })
  const asked = await call(balance.POST, { body: { moves: [move()] } })
  expect(asked).toMatchObject({ status: 202, json: { operation: { type: 'fleet-balance' } } })
  expect(await call(balance.POST, { body: { moves: [move()] } })).toMatchObject({ status: 409 })
  await end('failed')
})

test('it is the provider’s', async () => {
  const { watcher, reseller, customer } = world.people
  const body = { moves: [move()] }
  for (const as of [watcher, reseller, customer]) {
    expect((await call(balance.POST, { as, body })).status).toBe(403)
    expect((await call(balance.GET, { as, method: 'GET' })).status).toBe(403)
    expect((await call(evacuation.GET, { as, method: 'GET' })).status).toBe(403)
    expect([403, 404]).toContain((await call(plan.POST, { as, body: {} })).status)
    expect([403, 404]).toContain(
      (await call(maintenance.PUT, { as, method: 'PUT', body: { on: true } })).status,
    )
  }
})
