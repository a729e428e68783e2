import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { hostLoadResource } from '@/lib/hosts/load-figures.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import { beancounterTable } from '@/lib/usage/beancounter-table.ts'
import { limitEventPage } from '@/lib/usage/limit-event-resource.ts'
import { usageSeries } from '@/lib/usage/series.ts'
import { createVe } from '@/lib/ves/create.ts'
import * as load from './hosts/[id]/load/route.ts'
import * as fleet from './hosts/load/route.ts'
import * as beancounters from './ves/[id]/beancounters/route.ts'
import * as events from './ves/[id]/limit-events/route.ts'
import * as ve from './ves/[id]/route.ts'
import * as usage from './ves/[id]/usage/route.ts'

let world: TestWorld
let veId: string
beforeAll(async () => {
  world = await makeTestWorld()
  const input = { name: 'one', hostname: 've.example.org', templateId: world.template }
  veId = (await createVe(world.people.admin.viewer, input)).ve.id
  await db().ve.update({ where: { id: veId }, data: { state: 'stopped' } })
  const at = new Date()
  const kind = 'refused' as const
  const amounts = { held: 1024, barrier: 1024, limit: 1024, refusals: 2 }
  await db().limitEvent.create({
    data: { veId, key: 'a', at, kind, parameter: 'numproc', ...amounts, before: [], holders: [] },
  })
})
afterAll(() => world.close())

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>

async function call(
  handler: Handler,
  id: string,
  more: { as?: Person; query?: string; body?: unknown } = {},
) {
  const { as = world.people.admin, query = '', body } = more
  const headers = { authorization: `Bearer ${as.token}`, 'content-type': 'application/json' }
  const request = new Request(`http://panel.test/api/v1/x${query}`, {
    headers,
    ...(body === undefined ? {} : { method: 'PATCH', body: JSON.stringify(body) }),
  })
  const response = await handler(request, {
    params: Promise.resolve<Record<string, string>>(id === '' ? {} : { id }),
  })
  return { status: response.status, json: await response.json() }
}

test('what is answered is what the document says', async () => {
  const series = await call(usage.GET, veId, { query: '?range=week' })
  expect(usageSeries.parse(series.json).points).toHaveLength(168)
  const table = beancounterTable.parse((await call(beancounters.GET, veId)).json)
  expect(table.items).toHaveLength(21)
  expect(table.items.find(({ name }) => name === 'numproc')).toMatchObject({ limit: 1024, held: null })
  const page = limitEventPage.parse((await call(events.GET, veId)).json)
  expect(page).toMatchObject({ items: [{ parameter: 'numproc', proposal: { processes: 1280 } }], next: null })
  expect(hostLoadResource.parse((await call(load.GET, world.hosts.one)).json).ram).not.toBeNull()
  expect(hostLoadResource.parse((await call(fleet.GET, '')).json).ram).not.toBeNull()
})

test('a range that there is not is refused', async () => {
  expect(await call(usage.GET, veId, { query: '?range=century' })).toMatchObject({
    status: 422,
    json: { code: 'invalid-input', fields: { range: expect.any(String) } },
  })
})

test('another’s VE, and its host, are as if they were not there', async () => {
  const as = world.people.stranger
  for (const handler of [usage.GET, beancounters.GET, events.GET])
    expect(await call(handler, veId, { as })).toMatchObject({ status: 404, json: { code: 'not-found' } })
  expect(await call(load.GET, world.hosts.one, { as })).toMatchObject({ status: 404 })
})

test('limits are changed by a part of them, and what is wrong is said beside the field', async () => {
  const done = await call(ve.PATCH, veId, { body: { limits: { cpuUnits: 2000 } } })
  expect(done).toMatchObject({ status: 202, json: { operation: { type: 've-configure', status: 'queued' } } })
  const mixed = await call(ve.PATCH, veId, { body: { limits: { memoryBytes: '256M', cpus: -1 } } })
  expect(Object.keys(mixed.json.fields).sort()).toEqual(['limits.cpus', 'limits.memoryBytes'])
  const pair = { beancounters: { numfile: { barrier: 2, limit: 1 } } }
  const above = await call(ve.PATCH, veId, { body: { limits: pair } })
  expect(above.json.fields).toEqual({ 'limits.beancounters.numfile': 'The barrier is above the limit.' })
})
