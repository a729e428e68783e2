import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as clone from './snapshots/[id]/clone/route.ts'
import * as rollback from './snapshots/[id]/rollback/route.ts'
import * as snapshot from './snapshots/[id]/route.ts'
import * as snapshots from './snapshots/route.ts'
import * as hibernate from './ves/[id]/hibernate/route.ts'
import * as resume from './ves/[id]/resume/route.ts'
import * as veSnapshots from './ves/[id]/snapshots/route.ts'
import * as stop from './ves/[id]/stop/route.ts'
import * as ves from './ves/route.ts'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string> | undefined> },
) => Response | Promise<Response>
type Call = { as?: Person; body?: unknown; key?: string; query?: string; id?: string }

let world: TestWorld
let count = 0
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, method: string, { as, body, key, query = '', id = '' }: Call = {}) {
  const request = new Request(`http://panel.test/api/v1/x/${id}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${(as ?? world.people.customer).token}`,
      'content-type': 'application/json',
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await handler(request, { params: Promise.resolve({ id }) })
  return { status: response.status, json: await response.json(), headers: response.headers }
}

async function makeVe(state: 'running' | 'hibernated'): Promise<string> {
  count += 1
  const body = { name: `api-${count}`, hostname: 'api.example.org', templateId: world.template }
  const { json } = await call(ves.POST, 'POST', { body })
  await db().operation.update({ where: { id: json.operation.id }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: json.ve.id }, data: { state } })
  return json.ve.id
}
const settle = (veId: string) => db().operation.updateMany({ where: { veId }, data: { status: 'succeeded' } })
const take = (id: string, more: Call = {}) =>
  call(veSnapshots.POST, 'POST', { id, body: { name: 'before', description: 'x' }, ...more })

test('a snapshot is taken once, read, gone back to and deleted', async () => {
  const id = await makeVe('running')
  const taken = await take(id, { key: 'once' })
  expect(taken).toMatchObject({
    status: 202,
    json: {
      snapshot: { name: 'before', description: 'x', memory: false, state: 'creating', ve: { id } },
      operation: { type: 've-snapshot-create', steps: [{ name: 'create' }] },
    },
  })
  expect(taken.headers.get('location')).toBe(`/api/v1/operations/${taken.json.operation.id}`)
  expect(await take(id, { key: 'once' })).toMatchObject({ status: 202, json: taken.json })
  expect(await take(id)).toMatchObject({ status: 422, json: { fields: { name: expect.any(String) } } })
  const of = { id: taken.json.snapshot.id }
  expect(await call(rollback.POST, 'POST', of)).toMatchObject({ status: 409, json: { code: 'conflict' } })
  await settle(id)
  const data = { state: 'ready' as const, takenAt: new Date(), bytes: 5_000 }
  await db().snapshot.update({ where: of, data })
  expect(await call(snapshot.GET, 'GET', of)).toMatchObject({
    status: 200,
    json: { bytes: 5_000, limits: { memoryBytes: expect.any(Number) }, createdBy: 'Cas Customer' },
  })
  for (const list of [call(veSnapshots.GET, 'GET', { id }), call(snapshots.GET, 'GET')])
    expect(await list).toMatchObject({ status: 200, json: { items: [of], next: null, total: 1 } })
  const back = await call(rollback.POST, 'POST', { ...of, body: { start: false, timeoutSeconds: 5 } })
  expect(back).toMatchObject({ status: 202, json: { operation: { type: 've-snapshot-rollback' } } })
  await settle(id)
  await db().ve.update({ where: { id }, data: { state: 'running' } })
  const gone = await call(snapshot.DELETE, 'DELETE', of)
  expect(gone).toMatchObject({ status: 202, json: { operation: { type: 've-snapshot-delete' } } })
})

test('a VE is made from a snapshot by whoever may take one of it', async () => {
  const id = await makeVe('running')
  const { json } = await take(id)
  const of = { id: json.snapshot.id }
  const body = { name: 'clone', hostname: 'clone.example.org', limits: { processes: 77 } }
  const ask = (more: Call = {}) => call(clone.POST, 'POST', { ...of, body, ...more })
  expect(await ask()).toMatchObject({ status: 409, json: { code: 'conflict' } }) // not taken yet
  await settle(id)
  await db().snapshot.update({ where: of, data: { state: 'ready', takenAt: new Date() } })
  const { stranger, watcher } = world.people
  expect(await ask({ as: stranger })).toMatchObject({ status: 404 })
  expect(await ask({ as: watcher })).toMatchObject({ status: 403 })
  expect(await ask({ body: { name: 'clone' } })).toMatchObject({ status: 422 })
  await db().ve.update({ where: { id }, data: { suspendedAt: new Date(), suspendReason: 'payment' } })
  expect(await ask()).toMatchObject({ status: 409, json: { code: 've-suspended' } })
  await db().ve.update({ where: { id }, data: { suspendedAt: null, suspendReason: null } })
  const asked = await ask()
  expect(asked).toMatchObject({
    status: 202,
    json: {
      ve: { name: 'clone', state: 'creating', limits: { processes: 77 } },
      operation: { type: 've-create' },
    },
  })
  expect(asked.json.ve.addresses).toHaveLength(1)
  const { input } = await db().operation.findUniqueOrThrow({ where: { id: asked.json.operation.id } })
  expect(input).toMatchObject({ snapshotId: of.id, keepIdentity: false })
})

test('what is not valid is told by its field', async () => {
  const id = await makeVe('running')
  const wrong = async (body: object) => (await take(id, { body })).json.fields
  expect(await wrong({})).toHaveProperty('name')
  expect(await wrong({ name: '   ' })).toHaveProperty('name')
  expect(await wrong({ name: 'n'.repeat(101) })).toHaveProperty('name')
  expect(await wrong({ name: 'n', memory: 'yes' })).toHaveProperty('memory')
  const query = await call(snapshots.GET, 'GET', { query: '?sort=bytes' })
  expect(query).toMatchObject({ status: 422 })
})

test('nobody reaches another account’s snapshot, and whoever may only look changes none', async () => {
  const id = await makeVe('running')
  const { json } = await take(id)
  const { stranger, watcher } = world.people
  const of = { id: json.snapshot.id }
  for (const [handler, method] of [
    [snapshot.GET, 'GET'],
    [snapshot.DELETE, 'DELETE'],
    [rollback.POST, 'POST'],
  ] as const)
    expect(await call(handler, method, { ...of, as: stranger })).toMatchObject({ status: 404 })
  for (const handler of [veSnapshots.POST, hibernate.POST, resume.POST])
    expect(await call(handler, 'POST', { id, as: stranger, body: { name: 'x' } })).toMatchObject({
      status: 404,
    })
  expect(await call(veSnapshots.GET, 'GET', { id, as: stranger })).toMatchObject({ status: 404 })
  expect((await call(snapshots.GET, 'GET', { query: `?veId=${id}`, as: stranger })).json.items).toEqual([])
  expect(await call(snapshot.GET, 'GET', { ...of, as: watcher })).toMatchObject({ status: 200 })
  for (const [handler, method] of [
    [snapshot.DELETE, 'DELETE'],
    [rollback.POST, 'POST'],
  ] as const)
    expect(await call(handler, method, { ...of, as: watcher })).toMatchObject({ status: 403 })
  for (const handler of [veSnapshots.POST, hibernate.POST, resume.POST])
    expect(await call(handler, 'POST', { id, as: watcher, body: { name: 'x' } })).toMatchObject({
      status: 403,
    })
})

test('hibernate and resume are operations; to stop what is hibernated has to be meant', async () => {
  const id = await makeVe('running')
  expect(await call(hibernate.POST, 'POST', { id })).toMatchObject({
    status: 202,
    json: { operation: { type: 've-hibernate' } },
  })
  const asleep = await makeVe('hibernated')
  const unmeant = await call(stop.POST, 'POST', { id: asleep, body: { timeoutSeconds: 0 } })
  expect(unmeant).toMatchObject({
    status: 409,
    json: {
      code: 've-state-forbids',
      detail: expect.stringContaining('throws its memory away'),
      fields: { discardMemory: expect.any(String) },
    },
  })
  expect(await db().operation.count({ where: { veId: asleep, type: 've-stop' } })).toBe(0)
  const meant = await call(stop.POST, 'POST', { id: asleep, body: { discardMemory: true } })
  expect(meant).toMatchObject({ status: 202, json: { operation: { type: 've-stop' } } })
  const other = await makeVe('hibernated')
  expect(await call(resume.POST, 'POST', { id: other })).toMatchObject({
    status: 202,
    json: { operation: { type: 've-resume' } },
  })
})
