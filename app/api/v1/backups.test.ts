import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as check from './backup-stores/[id]/check/route.ts'
import * as store from './backup-stores/[id]/route.ts'
import * as stores from './backup-stores/route.ts'
import * as recover from './backups/[id]/recover/route.ts'
import * as restore from './backups/[id]/restore/route.ts'
import * as backup from './backups/[id]/route.ts'
import * as verify from './backups/[id]/verify/route.ts'
import * as backups from './backups/route.ts'
import * as schedule from './ves/[id]/backup-schedule/route.ts'
import * as veBackups from './ves/[id]/backups/route.ts'
import * as ves from './ves/route.ts'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string> | undefined> },
) => Response | Promise<Response>
type Call = { as?: Person; body?: unknown; id?: string }

let world: TestWorld
let storeId: string
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, method: string, { as, body, id = '' }: Call = {}) {
  const request = new Request(`http://panel.test/api/v1/x/${id}`, {
    method,
    headers: {
      authorization: `Bearer ${(as ?? world.people.customer).token}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await handler(request, { params: Promise.resolve({ id }) })
  const text = await response.text()
  return { status: response.status, json: text === '' ? null : JSON.parse(text) }
}
const settle = (veId: string) => db().operation.updateMany({ where: { veId }, data: { status: 'succeeded' } })
const begun = (type: string) => ({ status: 202, json: { operation: { type } } })

test('the provider names a store; what is wrong with it is told by its field', async () => {
  const { admin, customer } = world.people
  const body = { name: 'main', hostId: world.hosts.one, path: '/vz/backup' }
  const wrong = async (more: object) =>
    (await call(stores.POST, 'POST', { as: admin, body: { ...body, ...more } })).json.fields
  for (const path of ['backup', '/backup', '/vz/../etc/x', '/vz/back up', '/vz/backup/', '/vz//backup'])
    expect(await wrong({ path }), path).toHaveProperty('path')
  expect(await wrong({ perVeMost: 0 })).toHaveProperty('perVeMost')
  expect(await call(stores.POST, 'POST', { as: customer, body })).toMatchObject({ status: 403 })
  const made = await call(stores.POST, 'POST', { as: admin, body })
  expect(made).toMatchObject({ status: 202, json: { store: { state: 'checking', path: '/vz/backup' } } })
  storeId = made.json.store.id
  await db().operation.updateMany({ data: { status: 'succeeded' } })
  await db().backupStore.update({ where: { id: storeId }, data: { state: 'ready' } })
  expect(await call(store.GET, 'GET', { id: storeId })).toMatchObject({ status: 200, json: { path: null } })
  expect((await call(stores.GET, 'GET')).json).toMatchObject({ items: [{ id: storeId }], total: 1 })
})

test('a backup is taken, read, verified, restored, made a VE of, and deleted', async () => {
  const input = { name: 'web', hostname: 'web.example.org', templateId: world.template }
  const { ve } = (await call(ves.POST, 'POST', { body: input })).json
  await settle(ve.id)
  await db().ve.update({ where: { id: ve.id }, data: { state: 'running' } })
  const taken = await call(veBackups.POST, 'POST', { id: ve.id, body: {} })
  expect(taken).toMatchObject({
    status: 202,
    json: { backup: { state: 'creating', ve: { id: ve.id } }, operation: { type: 've-backup' } },
  })
  const of = { id: taken.json.backup.id }
  for (const handler of [restore.POST, verify.POST, recover.POST])
    expect(await call(handler, 'POST', of)).toMatchObject({ status: 409, json: { code: 'conflict' } })
  await settle(ve.id)
  const data = { state: 'ready' as const, takenAt: new Date(), digest: 'sha256:x', bytes: 5_000 }
  await db().backup.update({ where: of, data })
  expect(await call(backup.GET, 'GET', of)).toMatchObject({ status: 200, json: { bytes: 5_000 } })
  for (const list of [call(veBackups.GET, 'GET', { id: ve.id }), call(backups.GET, 'GET')])
    expect(await list).toMatchObject({ status: 200, json: { items: [of], total: 1 } })
  const { stranger, watcher } = world.people
  for (const handler of [restore.POST, verify.POST, recover.POST]) {
    expect(await call(handler, 'POST', { ...of, as: stranger })).toMatchObject({ status: 404 })
    expect(await call(handler, 'POST', { ...of, as: watcher })).toMatchObject({ status: 403 })
  }
  expect(await call(backup.DELETE, 'DELETE', { ...of, as: stranger })).toMatchObject({ status: 404 })
  expect(await call(verify.POST, 'POST', of)).toMatchObject(begun('ve-backup-verify'))
  const made = await call(recover.POST, 'POST', { ...of, body: { name: 'web2' } })
  expect(made).toMatchObject({
    ...begun('ve-recover'),
    json: { ve: { name: 'web2', hostname: 'web.example.org' } },
  })
  expect(await call(recover.POST, 'POST', of)).toMatchObject({
    status: 422,
    json: { fields: { name: expect.any(String) } },
  })
  expect(await call(restore.POST, 'POST', { ...of, body: { start: false } })).toMatchObject(
    begun('ve-backup-restore'),
  )
  await settle(ve.id)
  await db().ve.update({ where: { id: ve.id }, data: { state: 'destroyed', destroyedAt: new Date() } })
  expect(await call(backup.GET, 'GET', of)).toMatchObject({ json: { destroyed: true, ve: { name: 'web' } } })
  const remove = () => call(store.DELETE, 'DELETE', { id: storeId, as: world.people.admin })
  expect(await remove()).toMatchObject({ status: 409 })
  expect(await call(backup.DELETE, 'DELETE', of)).toMatchObject(begun('ve-backup-delete'))
  expect(await call(check.POST, 'POST', { id: storeId, as: world.people.admin })).toMatchObject(
    begun('backup-store-check'),
  )
})

test('a schedule is set, read and taken away', async () => {
  const input = { name: 'nightly', hostname: 'nightly.example.org', templateId: world.template }
  const { ve } = (await call(ves.POST, 'POST', { body: input })).json
  const of = { id: ve.id }
  expect(await call(schedule.GET, 'GET', of)).toMatchObject({ status: 200, json: { schedule: null } })
  const body = { every: 'day', hour: 3, keep: 2 }
  expect(await call(schedule.PUT, 'PUT', { ...of, body: { ...body, hour: 24 } })).toMatchObject({
    status: 422,
    json: { fields: { hour: expect.any(String) } },
  })
  expect(await call(schedule.PUT, 'PUT', { ...of, body, as: world.people.stranger })).toMatchObject({
    status: 404,
  })
  expect(await call(schedule.PUT, 'PUT', { ...of, body })).toMatchObject({ status: 200, json: body })
  expect(await call(schedule.GET, 'GET', of)).toMatchObject({ json: { schedule: body } })
  expect(await call(schedule.DELETE, 'DELETE', of)).toMatchObject({ status: 204 })
  expect(await call(schedule.GET, 'GET', of)).toMatchObject({ json: { schedule: null } })
})
