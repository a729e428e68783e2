import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAudit } from '../audit/queries.ts'
import type { Capability } from '../contract/capabilities.ts'
import { GIB } from '../contract/units.ts'
import { db } from '../db/client.ts'
import { makeTestWorld, type Person, refusal, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { hibernateVe, resumeVe } from '../ves/hibernate.ts'
import { getVe } from '../ves/queries.ts'
import { createSnapshot, deleteSnapshot, rollBackToSnapshot } from './commands.ts'
import { mountSnapshot, unmountSnapshot } from './mount.ts'
import { getSnapshot, listSnapshots, listVeSnapshots } from './queries.ts'
import { SNAPSHOTS_MOST } from './resource.ts'

let world: TestWorld
let count = 0
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

/** A Problem may also be thrown before there is a promise. */
const refused = (attempt: () => Promise<unknown>) => refusal(Promise.resolve().then(attempt))

const NOBODY = '00000000-0000-4000-8000-000000000000'

async function made(person: Person, state: 'running' | 'stopped' | 'hibernated' = 'running') {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template }
  const { ve, operationId } = await createVe(person.viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state } })
  return ve
}

/** As if the worker had taken it. */
async function taken(person: Person, veId: string, name: string) {
  const { snapshot } = await createSnapshot(person.viewer, veId, { name })
  await settle(veId)
  const data = { state: 'ready' as const, takenAt: new Date() }
  await db().snapshot.update({ where: { id: snapshot.id }, data })
  return snapshot.id
}
const settle = (veId: string) => db().operation.updateMany({ where: { veId }, data: { status: 'succeeded' } })

async function cannot(capability: Capability, reason: string, work: () => Promise<void>) {
  const where = { id: world.hosts.one }
  await db().host.update({ where, data: { capabilities: { [capability]: { available: false, reason } } } })
  await work().finally(() => db().host.update({ where, data: { capabilities: {} } }))
}

describe('whose snapshot it is', () => {
  test('another account’s is no different from one that nobody has', async () => {
    const { customer, stranger } = world.people
    const ve = await made(customer)
    const id = await taken(customer, ve.id, 'secret')
    const attempts = (snapshot: string) => [
      () => getSnapshot(stranger.viewer, snapshot),
      () => deleteSnapshot(stranger.viewer, snapshot),
      () => rollBackToSnapshot(stranger.viewer, snapshot),
    ]
    for (const snapshot of [id, NOBODY, 'nonsense'])
      for (const attempt of attempts(snapshot))
        expect(await refused(attempt)).toMatchObject({
          code: 'not-found',
          detail: 'There is no snapshot with this id.',
        })
    for (const attempt of [
      () => createSnapshot(stranger.viewer, ve.id, { name: 'mine' }),
      () => listVeSnapshots(stranger.viewer, ve.id),
      () => hibernateVe(stranger.viewer, ve.id),
      () => resumeVe(stranger.viewer, ve.id),
    ])
      expect(await refused(attempt)).toMatchObject({ code: 'not-found' })
    expect((await listSnapshots(stranger.viewer, { veId: ve.id })).items).toEqual([])
    expect((await listSnapshots(stranger.viewer, { q: 'secret' })).total).toBe(0)
    expect(await getSnapshot(customer.viewer, id)).toMatchObject({ state: 'ready', name: 'secret' })
  })

  test('whoever only looks sees it and touches nothing', async () => {
    const { customer, watcher } = world.people
    const ve = await made(customer)
    const id = await taken(customer, ve.id, 'seen')
    expect(await getSnapshot(watcher.viewer, id)).toMatchObject({ name: 'seen', createdBy: 'Cas Customer' })
    for (const attempt of [
      () => createSnapshot(watcher.viewer, ve.id, { name: 'mine' }),
      () => deleteSnapshot(watcher.viewer, id),
      () => rollBackToSnapshot(watcher.viewer, id),
      () => hibernateVe(watcher.viewer, ve.id),
      () => resumeVe(watcher.viewer, ve.id),
    ])
      expect(await refused(attempt)).toMatchObject({ code: 'forbidden' })
    expect(await db().operation.count({ where: { veId: ve.id, status: 'queued' } })).toBe(0)
    expect(await db().snapshot.count({ where: { veId: ve.id } })).toBe(1)
  })

  test('only those who run the hosts have it mounted there, and know where', async () => {
    const { customer, reseller, stranger, watcher, admin } = world.people
    const ve = await made(customer)
    const id = await taken(customer, ve.id, 'mounted')
    for (const person of [customer, reseller, watcher])
      for (const attempt of [mountSnapshot, unmountSnapshot])
        expect(await refused(() => attempt(person.viewer, id))).toMatchObject({ code: 'forbidden' })
    expect(await refused(() => mountSnapshot(stranger.viewer, id))).toMatchObject({ code: 'not-found' })
    await mountSnapshot(admin.viewer, id)
    await settle(ve.id)
    await db().snapshot.update({ where: { id }, data: { mountedAt: '/run/corral/x' } })
    expect((await getSnapshot(admin.viewer, id)).mountedAt).toBe('/run/corral/x')
    expect((await getSnapshot(customer.viewer, id)).mountedAt).toBeNull()
    const [last] = (await listAudit(admin.viewer, { veId: ve.id })).items
    expect(last).toMatchObject({ action: 'snapshot-mount', details: { snapshot: 'mounted' } })
  })

  test('a reseller’s reach is his customers’, and it is on record', async () => {
    const { customer, reseller, admin } = world.people
    const ve = await made(customer)
    const id = await taken(reseller, ve.id, 'by the seller')
    await rollBackToSnapshot(reseller.viewer, id)
    await settle(ve.id)
    await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
    await deleteSnapshot(customer.viewer, id)
    const { items } = await listAudit(admin.viewer, { veId: ve.id })
    expect(items.map(({ action, actorName }) => [action, actorName])).toEqual([
      ['snapshot-delete', 'Cas Customer'],
      ['snapshot-rollback', 'Rae Reseller'],
      ['snapshot-create', 'Rae Reseller'],
      ['ve-create', 'Cas Customer'],
    ])
  })
})

test('a name is given once, and a VE has so many and no more', async () => {
  const { customer } = world.people
  const ve = await made(customer)
  const create = (name: string) => createSnapshot(customer.viewer, ve.id, { name })
  await create('snapshot-1')
  expect(await refusal(create('snapshot-1'))).toMatchObject({ fields: { name: expect.any(String) } })
  for (let number = 2; number <= SNAPSHOTS_MOST; number += 1) await create(`snapshot-${number}`)
  expect(await refusal(create('one more'))).toMatchObject({
    code: 'too-many-snapshots',
    detail: `${ve.name} has 20 snapshots; a VE may have 20.`,
  })
  expect(await db().snapshot.count({ where: { veId: ve.id } })).toBe(SNAPSHOTS_MOST)
  const other = await made(customer)
  await createSnapshot(customer.viewer, other.id, { name: 'snapshot-1' })
})

test('together they may take as much as the disk', async () => {
  const { customer } = world.people
  const ve = await made(customer)
  const hold = (bytes: number) => db().ve.update({ where: { id: ve.id }, data: { snapshotBytes: bytes } })
  await hold(ve.limits.diskBytes - 1)
  await createSnapshot(customer.viewer, ve.id, { name: 'room' })
  await hold(ve.limits.diskBytes)
  expect(await refusal(createSnapshot(customer.viewer, ve.id, { name: 'none' }))).toMatchObject({
    code: 'too-many-snapshots',
    detail: expect.stringMatching(/take .* beside its disk, and may take .* Delete one/),
  })
  expect(await getVe(customer.viewer, ve.id)).toMatchObject({
    snapshotBytes: ve.limits.diskBytes,
    snapshotBytesMost: ve.limits.diskBytes,
  })
})

test('the last tenth of a host is kept for the VEs that run there, but from those who run it', async () => {
  const { customer, admin } = world.people
  const ve = await made(customer)
  const where = { id: ve.host.id }
  const before = await db().host.findUniqueOrThrow({ where })
  await db().host.update({ where, data: { diskBytes: 1000 * GIB, sample: { vzFreeBytes: 99 * GIB } } })
  try {
    expect(await refusal(createSnapshot(customer.viewer, ve.id, { name: 'none' }))).toMatchObject({
      code: 'no-disk-space',
      detail: expect.stringContaining('the last 10 % are kept for the VEs that run there'),
    })
    await createSnapshot(admin.viewer, ve.id, { name: 'of the admin' })
    const [asked] = await db().operation.findMany({ where: { veId: ve.id, type: 've-snapshot-create' } })
    expect(asked?.input).toMatchObject({ beyondReserve: true })
  } finally {
    await db().host.update({ where, data: { diskBytes: before.diskBytes, sample: before.sample ?? {} } })
  }
})

test('twenty at once are not twenty-one', async () => {
  const { customer } = world.people
  const ve = await made(customer)
  const asked = Array.from({ length: SNAPSHOTS_MOST + 3 }, (_, n) =>
    createSnapshot(customer.viewer, ve.id, { name: `n${n}` }),
  )
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(3)
  expect(await db().snapshot.count({ where: { veId: ve.id } })).toBe(SNAPSHOTS_MOST)
})

test('a host that cannot write memory down says why before anything is asked of it', async () => {
  const { customer } = world.people
  const ve = await made(customer)
  await cannot('checkpoint', 'CRIU is not installed.', async () => {
    const why = { code: 'capability-missing', detail: expect.stringContaining('CRIU is not installed.') }
    expect(await refusal(hibernateVe(customer.viewer, ve.id))).toMatchObject(why)
    const memory = createSnapshot(customer.viewer, ve.id, { name: 'memory', memory: true })
    expect(await refusal(memory)).toMatchObject(why)
    await createSnapshot(customer.viewer, ve.id, { name: 'disk' })
  })
  await settle(ve.id)
  await hibernateVe(customer.viewer, ve.id)
  expect(await db().ve.findUnique({ where: { id: ve.id } })).toMatchObject({ state: 'hibernating' })
})

test('a VE that may not be snapshotted now says why, and no row is left', async () => {
  const { customer, stranger } = world.people
  const asleep = await made(customer, 'hibernated')
  const refused = await refusal(createSnapshot(customer.viewer, asleep.id, { name: 'x' }))
  expect(refused).toMatchObject({ code: 've-state-forbids', detail: expect.stringContaining('hibernated') })
  const suspended = await made(stranger)
  const data = { suspendedAt: new Date(), suspendReason: 'payment' as const }
  await db().ve.update({ where: { id: suspended.id }, data })
  const attempt = createSnapshot(stranger.viewer, suspended.id, { name: 'x' })
  expect(await refusal(attempt)).toMatchObject({ code: 've-suspended' })
  expect(await db().snapshot.count({ where: { veId: { in: [asleep.id, suspended.id] } } })).toBe(0)
})

test('the list is sorted, filtered and paged by the database', async () => {
  const { stranger } = world.people
  const [one, two] = [await made(stranger, 'stopped'), await made(stranger, 'stopped')]
  for (const name of ['b', 'a', 'c']) await taken(stranger, one.id, name)
  await taken(stranger, two.id, 'd')
  const names = async (query: object) =>
    (await listSnapshots(stranger.viewer, query)).items.map(({ name }) => name)
  expect(await names({})).toEqual(['d', 'c', 'a', 'b'])
  expect(await names({ sort: 'name' })).toEqual(['a', 'b', 'c', 'd'])
  expect(await names({ veId: one.id, sort: '-name' })).toEqual(['c', 'b', 'a'])
  expect(await names({ q: two.name })).toEqual(['d'])
  expect(await names({ state: 'failed' })).toEqual([])
  expect((await listSnapshots(stranger.viewer, { hostId: world.hosts.two })).total).toBe(0)
  const first = await listSnapshots(stranger.viewer, { limit: 3, sort: 'name' })
  expect(first.total).toBe(4)
  expect(await names({ limit: 3, sort: 'name', cursor: first.next ?? '' })).toEqual(['d'])
  const [newest, older] = (await listVeSnapshots(stranger.viewer, one.id)).items
  expect(newest?.parentId).toBe(older?.id)
})
