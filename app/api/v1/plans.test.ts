import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as rollOut from './plans/[id]/roll-out/route.ts'
import * as plan from './plans/[id]/route.ts'
import * as versions from './plans/[id]/versions/route.ts'
import * as plans from './plans/route.ts'
import * as vePlan from './ves/[id]/plan/route.ts'
import * as ves from './ves/route.ts'

let world: TestWorld
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Response | Promise<Response>
type Call = { as?: Person; body?: unknown; id?: string; key?: string }

async function call(handler: Handler, method: string, { as, body, id, key }: Call) {
  const request = new Request('http://panel.test/api/v1/x', {
    method,
    headers: {
      authorization: `Bearer ${(as ?? world.people.admin).token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const params = Promise.resolve<Record<string, string>>(id === undefined ? {} : { id })
  const response = await handler(request, { params })
  const text = await response.text()
  return { status: response.status, json: text ? JSON.parse(text) : null }
}

test('from a plan to its roll-out', async () => {
  const made = await call(plans.POST, 'POST', {
    body: { name: 'Gold', limits: { cpuUnits: 300 } },
    key: 'gold',
  })
  expect(made).toMatchObject({ status: 201, json: { name: 'Gold', latest: { number: 1 } } })
  const again = await call(plans.POST, 'POST', {
    body: { name: 'Gold', limits: { cpuUnits: 300 } },
    key: 'gold',
  })
  expect(again.json).toEqual(made.json)
  const { id } = made.json
  expect((await call(plans.GET, 'GET', {})).json).toMatchObject({ total: 1, next: null, items: [{ id }] })

  const input = { name: 'gold1', hostname: 'g.example.org', templateId: world.template }
  const ve = await call(ves.POST, 'POST', { body: { ...input, planId: id } })
  expect(ve).toMatchObject({ status: 202, json: { ve: { plan: { id, name: 'Gold', version: 1 } } } })
  expect(ve.json.ve.limits.cpuUnits).toBe(300)
  expect((await call(plan.DELETE, 'DELETE', { id })).status).toBe(409)
  expect((await call(rollOut.GET, 'GET', { id })).json).toBeNull()

  const second = await call(versions.POST, 'POST', { id, body: { limits: { cpuUnits: 400 }, note: 'More.' } })
  expect(second).toMatchObject({ status: 201, json: { latest: { number: 2, note: 'More.' }, outdated: 1 } })
  const { json: list } = await call(versions.GET, 'GET', { id })
  expect(list.items.map(({ number, ves }: { number: number; ves: number }) => [number, ves])).toEqual([
    [2, 0],
    [1, 1],
  ])
  const begun = await call(rollOut.POST, 'POST', { id, body: {}, key: 'out' })
  expect(begun).toMatchObject({
    status: 202,
    json: { operation: { type: 'plan-roll-out', subject: 'plan', plan: { id, name: 'Gold' } } },
  })
  expect((await call(rollOut.POST, 'POST', { id, body: {}, key: 'out' })).json).toEqual(begun.json)
  expect((await call(rollOut.POST, 'POST', { id, body: {} })).status).toBe(409)
  expect((await call(rollOut.GET, 'GET', { id })).json).toMatchObject({ version: 2, stages: [], leftOut: [] })
})

test('a VE is given a plan, and its limits are compared', async () => {
  const { json } = await call(plans.POST, 'POST', { body: { name: 'Silver', limits: { cpuUnits: 200 } } })
  const input = { name: 'silver1', hostname: 's.example.org', templateId: world.template }
  const { ve } = (await call(ves.POST, 'POST', { as: world.people.reseller, body: input })).json
  await db().operation.updateMany({ where: { veId: ve.id }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  const asked = await call(vePlan.POST, 'POST', { id: ve.id, body: { planId: json.id } })
  expect(asked).toMatchObject({ status: 202, json: { operation: { type: 've-configure' } } })
  await db().ve.update({ where: { id: ve.id }, data: { planVersionId: json.latest.id } })
  const compared = await call(vePlan.GET, 'GET', { id: ve.id })
  expect(compared.json).toMatchObject({ plan: { name: 'Silver', version: 1, latest: 1 }, observedAt: null })
  const differing = compared.json.limits.filter(({ differs }: { differs: boolean }) => differs)
  expect(differing).toMatchObject([{ field: 'cpuUnits', plan: { limit: 200 }, ve: { limit: 1000 } }])
  const off = await call(vePlan.POST, 'POST', { id: ve.id, body: { planId: null } })
  expect(off).toMatchObject({ status: 202, json: { operation: null, ve: { plan: null } } })
})

test('bad input and who may not', async () => {
  const { watcher, customer, stranger, reseller } = world.people
  const odd = { name: 'Odd', limits: { memoryBytes: -1, cpuUnits: '256M' } }
  const refused = await call(plans.POST, 'POST', { body: odd })
  expect(refused).toMatchObject({ status: 422, json: { code: 'invalid-input' } })
  expect(Object.keys(refused.json.fields).sort()).toEqual(['limits.cpuUnits', 'limits.memoryBytes'])
  for (const as of [watcher, customer])
    expect((await call(plans.POST, 'POST', { as, body: { name: 'Mine' } })).status).toBe(403)
  const own = await call(plans.POST, 'POST', { as: reseller, body: { name: 'Own' } })
  expect((await call(plan.GET, 'GET', { as: customer, id: own.json.id })).status).toBe(200)
  for (const handler of [plan.GET, versions.GET, rollOut.GET])
    expect((await call(handler, 'GET', { as: stranger, id: own.json.id })).status).toBe(404)
  expect((await call(plan.GET, 'GET', { id: 'nonsense' })).status).toBe(404)
  expect((await call(plan.DELETE, 'DELETE', { as: reseller, id: own.json.id })).status).toBe(204)
})
