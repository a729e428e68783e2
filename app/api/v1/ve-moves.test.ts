import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import { cancelOperation } from '@/lib/operations/commands.ts'
import * as keptDisk from './kept-disks/[id]/route.ts'
import * as keptDisks from './ves/[id]/kept-disks/route.ts'
import * as check from './ves/[id]/move/check/route.ts'
import * as move from './ves/[id]/move/route.ts'
import * as ves from './ves/route.ts'

type Handler = typeof move.POST | typeof keptDisks.GET
type Call = { as?: Person; body?: unknown; key?: string; id?: string }

let world: TestWorld
let count = 0
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, { as, body, key, id = '' }: Call = {}, method = 'POST') {
  const request = new Request(`http://panel.test/api/v1/x/${id}`, {
    method,
    headers: {
      authorization: `Bearer ${(as ?? world.people.admin).token}`,
      'content-type': 'application/json',
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await handler(request, { params: Promise.resolve({ id }) })
  return { status: response.status, json: await response.json(), headers: response.headers }
}

/** Of a customer, on the first host. */
async function makeVe(state: 'running' | 'stopped' | 'hibernated'): Promise<string> {
  count += 1
  const body = { name: `api-${count}`, hostname: 'api.example.org', templateId: world.template }
  const { json } = await call(ves.POST, { body, as: world.people.customer })
  await db().operation.update({ where: { id: json.operation.id }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: json.ve.id }, data: { state, hostId: world.hosts.one } })
  return json.ve.id
}
const wish = (kind = 'live', more: object = {}) => ({ hostId: world.hosts.two, kind, ...more })

async function giveTemplate() {
  const where = { templateId_hostId: { templateId: world.template, hostId: world.hosts.one } }
  const { hostId: _, ...cache } = await db().templateCache.findUniqueOrThrow({ where })
  const two = { templateId: world.template, hostId: world.hosts.two }
  const create = { ...cache, ...two } as never
  await db().templateCache.upsert({ where: { templateId_hostId: two }, create, update: {} })
}

test('what the panel knows to stand in the way is said at once, and nothing is reserved', async () => {
  const id = await makeVe('running')
  await db().templateCache.deleteMany({ where: { hostId: world.hosts.two } })
  const refused = await call(move.POST, { id, body: wish() })
  expect(refused).toMatchObject({
    status: 409,
    json: {
      code: 'move-impossible',
      detail: expect.stringMatching(
        /node2 does not have the template .* Build the template on that host first/,
      ),
    },
  })
  expect(await db().ve.findUniqueOrThrow({ where: { id } })).toMatchObject({
    state: 'running',
    movingToId: null,
  })
  expect(await db().operation.count({ where: { veId: id, type: 've-move' } })).toBe(0)
})

test('a move is asked for once, keeps room on the other host, and lets it go when it is called off', async () => {
  await giveTemplate()
  const id = await makeVe('running')
  const asked = await call(move.POST, { id, body: wish('live', { keep: true }), key: 'once' })
  expect(asked).toMatchObject({ status: 202, json: { operation: { type: 've-move', ve: { id } } } })
  expect(asked.headers.get('location')).toBe(`/api/v1/operations/${asked.json.operation.id}`)
  expect(await call(move.POST, { id, body: wish('live', { keep: true }), key: 'once' })).toMatchObject({
    status: 202,
    json: asked.json,
  })
  expect(await db().ve.findUniqueOrThrow({ where: { id } })).toMatchObject({
    ...{ state: 'moving', movingToId: world.hosts.two, hostId: world.hosts.one },
  })
  expect(await call(move.POST, { id, body: wish() })).toMatchObject({
    status: 409,
    json: { code: 'conflict' },
  })
  const { viewer } = world.people.admin
  await cancelOperation(viewer, asked.json.operation.id)
  expect(await db().operation.findUniqueOrThrow({ where: { id: asked.json.operation.id } })).toMatchObject({
    input: { kind: 'live', keep: true, timeoutSeconds: 60 },
    cancelRequestedAt: expect.any(Date),
  })
})

test('a check changes nothing', async () => {
  await giveTemplate()
  const id = await makeVe('stopped')
  const asked = await call(check.POST, { id, body: { hostId: world.hosts.two } })
  expect(asked).toMatchObject({ status: 202, json: { operation: { type: 've-move-check' } } })
  expect(await db().ve.findUniqueOrThrow({ where: { id } })).toMatchObject({
    state: 'stopped',
    movingToId: null,
  })
})

test('what is not valid is told by its field, and by the state', async () => {
  await giveTemplate()
  const id = await makeVe('running')
  const fieldsOf = async (body: object) => (await call(move.POST, { id, body })).json.fields
  expect(await fieldsOf({ hostId: world.hosts.two })).toHaveProperty('kind')
  expect(await fieldsOf(wish('lazy'))).toHaveProperty('kind')
  expect(await fieldsOf({ kind: 'live' })).toHaveProperty('hostId')
  expect(await fieldsOf({ kind: 'live', hostId: world.hosts.one })).toHaveProperty('hostId')
  expect(await fieldsOf({ kind: 'live', hostId: crypto.randomUUID() })).toHaveProperty('hostId')
  const asleep = await makeVe('hibernated')
  expect(await call(move.POST, { id: asleep, body: wish() })).toMatchObject({
    status: 409,
    json: { code: 've-state-forbids', detail: expect.stringMatching(/is hibernated.*Resume it first/) },
  })
})

test('only the provider moves VEs, with a role that may; others do not even see that it is there', async () => {
  await giveTemplate()
  const id = await makeVe('running')
  const { reseller, customer, stranger, watcher } = world.people
  for (const handler of [move.POST, check.POST]) {
    const body = handler === move.POST ? wish() : { hostId: world.hosts.two }
    for (const as of [reseller, customer, watcher])
      expect(await call(handler, { id, as, body })).toMatchObject({
        status: 403,
        json: { code: 'forbidden' },
      })
    expect(await call(handler, { id, as: stranger, body })).toMatchObject({ status: 404 })
  }
  expect(await db().ve.findUniqueOrThrow({ where: { id } })).toMatchObject({
    state: 'running',
    movingToId: null,
  })
})

test('disks that moves kept are the provider’s to see and to remove', async () => {
  const id = await makeVe('stopped')
  const moveId = crypto.randomUUID()
  await db().keptDisk.create({ data: { moveId, veId: id, hostId: world.hosts.two } })
  const { customer, stranger } = world.people
  const list = (as?: Person) => call(keptDisks.GET, { id, ...(as ? { as } : {}) }, 'GET')
  expect(await list()).toMatchObject({
    status: 200,
    json: { items: [{ id: moveId, host: { name: 'node2' }, removing: false }] },
  })
  expect(await list(stranger)).toMatchObject({ status: 404 })
  const remove = (as?: Person) => call(keptDisk.DELETE, { id: moveId, ...(as ? { as } : {}) }, 'DELETE')
  expect(await remove(stranger)).toMatchObject({ status: 404 })
  expect(await remove(customer)).toMatchObject({ status: 403 })
  expect(await remove()).toMatchObject({ status: 202, json: { id: moveId, removing: true } })
  expect(await db().moveRemains.findMany({ where: { moveId } })).toMatchObject([{ uuid: id, keep: false }])
  expect(await db().auditEvent.count({ where: { veId: id, action: 've-kept-remove' } })).toBe(1)
})
