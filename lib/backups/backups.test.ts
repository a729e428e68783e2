import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listAudit } from '../audit/queries.ts'
import { db } from '../db/client.ts'
import { makeTestWorld, type Person, refusal, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { backUpVe, deleteBackup, recoverBackup, restoreBackup, verifyBackup } from './commands.ts'
import { nextAt } from './next-at.ts'
import { getBackup, listBackups, listVeBackups } from './queries.ts'
import { getBackupSchedule, removeBackupSchedule, setBackupSchedule } from './schedule.ts'
import {
  checkBackupStore,
  createBackupStore,
  getBackupStore,
  listBackupStores,
  removeBackupStore,
} from './stores.ts'

let world: TestWorld
let storeId: string
let count = 0
beforeAll(async () => {
  world = await makeTestWorld()
  storeId = await makeStore('main', world.hosts.one)
})
afterAll(() => world.close())

/** A Problem may also be thrown before there is a promise. */
const refused = (attempt: () => Promise<unknown>) => refusal(Promise.resolve().then(attempt))
const NOBODY = '00000000-0000-4000-8000-000000000000'
const nightly = { every: 'day', hour: 3, keep: 2 } as const

/** As if its host had looked at it. */
async function makeStore(name: string, hostId: string, more: object = {}): Promise<string> {
  const input = { name, hostId, path: `/vz/${name}`, perVeMost: 3, ...more }
  const { store } = await createBackupStore(world.people.admin.viewer, input)
  await db().backupStore.update({ where: { id: store.id }, data: { state: 'ready', seenAt: new Date() } })
  return store.id
}

async function made(person: Person, state: 'running' | 'stopped' = 'running') {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template }
  const { ve, operationId } = await createVe(person.viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state } })
  return ve
}
const settle = (veId: string) => db().operation.updateMany({ where: { veId }, data: { status: 'succeeded' } })

/** As if the worker had taken it. */
async function taken(person: Person, veId: string, bytes = 1000) {
  const { backup } = await backUpVe(person.viewer, veId)
  await settle(veId)
  const data = { state: 'ready' as const, takenAt: new Date(), digest: 'sha256:x', bytes }
  await db().backup.update({ where: { id: backup.id }, data })
  return backup.id
}

describe('whose backup it is', () => {
  test('another account’s is no different from one that nobody has', async () => {
    const { customer, stranger } = world.people
    const ve = await made(customer)
    const id = await taken(customer, ve.id)
    for (const backup of [id, NOBODY, 'nonsense'])
      for (const attempt of [getBackup, deleteBackup, verifyBackup, restoreBackup, recoverBackup])
        expect(await refused(() => attempt(stranger.viewer, backup))).toMatchObject({
          code: 'not-found',
          detail: 'There is no backup with this id.',
        })
    for (const attempt of [
      () => backUpVe(stranger.viewer, ve.id),
      () => listVeBackups(stranger.viewer, ve.id),
      () => getBackupSchedule(stranger.viewer, ve.id),
      () => setBackupSchedule(stranger.viewer, ve.id, nightly),
      () => removeBackupSchedule(stranger.viewer, ve.id),
    ])
      expect(await refused(attempt)).toMatchObject({ code: 'not-found' })
    expect((await listBackups(stranger.viewer, { veId: ve.id })).total).toBe(0)
    expect(await getBackup(customer.viewer, id)).toMatchObject({ state: 'ready', ve: { id: ve.id } })
  })

  test('whoever only looks sees it and touches nothing', async () => {
    const { customer, watcher } = world.people
    const ve = await made(customer)
    const id = await taken(customer, ve.id)
    expect(await getBackup(watcher.viewer, id)).toMatchObject({ createdBy: 'Cas Customer' })
    for (const attempt of [
      () => backUpVe(watcher.viewer, ve.id),
      () => setBackupSchedule(watcher.viewer, ve.id, nightly),
      () => createBackupStore(watcher.viewer, { name: 'x', hostId: world.hosts.one, path: '/vz/x' }),
      () => checkBackupStore(watcher.viewer, storeId),
      ...[deleteBackup, verifyBackup, restoreBackup, recoverBackup].map(
        (each) => () => each(watcher.viewer, id),
      ),
    ])
      expect(await refused(attempt)).toMatchObject({ code: 'forbidden' })
    expect(await db().operation.count({ where: { veId: ve.id, status: 'queued' } })).toBe(0)
  })

  test('stores are the provider’s: others know their names, and not where they are', async () => {
    const { customer, reseller, admin } = world.people
    expect(await getBackupStore(admin.viewer, storeId)).toMatchObject({ path: '/vz/main' })
    for (const { viewer } of [customer, reseller]) {
      expect(await getBackupStore(viewer, storeId)).toMatchObject({
        name: 'main',
        path: null,
        freeBytes: null,
      })
      expect((await listBackupStores(viewer)).items.map(({ name }) => name)).toContain('main')
      for (const attempt of [
        () => createBackupStore(viewer, { name: 'mine', hostId: world.hosts.one, path: '/vz/mine' }),
        () => checkBackupStore(viewer, storeId),
        () => removeBackupStore(viewer, storeId),
      ])
        expect(await refused(attempt)).toMatchObject({ code: 'forbidden' })
    }
  })

  test('made again of a backup by whoever sells to its owner, a VE is the owner’s; all of it is on record', async () => {
    const { customer, reseller, admin } = world.people
    const ve = await made(customer, 'stopped')
    const id = await taken(customer, ve.id)
    const { ve: again } = await recoverBackup(reseller.viewer, id, { name: 'second life' })
    expect(again).toMatchObject({
      account: { id: customer.accountId },
      hostname: ve.hostname,
      state: 'creating',
    })
    expect(again.veid).not.toBe(ve.veid)
    expect(again.addresses).not.toEqual(ve.addresses)
    await restoreBackup(reseller.viewer, id)
    await settle(ve.id)
    await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
    await deleteBackup(customer.viewer, id)
    const { items } = await listAudit(admin.viewer, { veId: ve.id })
    expect(items.map(({ action, actorName }) => [action, actorName]).slice(0, 3)).toEqual([
      ['backup-delete', 'Cas Customer'],
      ['backup-restore', 'Rae Reseller'],
      ['backup-create', 'Cas Customer'],
    ])
  })
})

describe('how many there may be', () => {
  test('of a VE, and one at a time, however many ask at once', async () => {
    const { customer } = world.people
    const ve = await made(customer)
    const asked = await Promise.allSettled(Array.from({ length: 4 }, () => backUpVe(customer.viewer, ve.id)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await settle(ve.id)
    await db().backup.updateMany({ where: { veId: ve.id }, data: { state: 'ready' } })
    for (let number = 2; number <= 3; number += 1) await taken(customer, ve.id)
    expect(await refused(() => backUpVe(customer.viewer, ve.id))).toMatchObject({
      code: 'too-many-backups',
      detail: `${ve.name} has 3 backups; a VE may have 3 there.`,
    })
    await db().backup.updateMany({ where: { veId: ve.id }, data: { state: 'failed' } })
    await taken(customer, ve.id)
  })

  test('and bytes of an account, which are not another’s', async () => {
    const { customer, stranger } = world.people
    const small = await makeStore('a-small', world.hosts.one, { bytesMost: 5000 })
    const [one, two] = [await made(customer), await made(customer)]
    await taken(customer, one.id, 6000)
    expect(await refused(() => backUpVe(customer.viewer, two.id))).toMatchObject({ code: 'too-many-backups' })
    await backUpVe(customer.viewer, two.id, { storeId })
    await taken(stranger, (await made(stranger)).id)
    expect(await refused(() => removeBackupStore(world.people.admin.viewer, small))).toMatchObject({
      code: 'conflict',
    })
    await db().backup.deleteMany({ where: { storeId: small } })
    await removeBackupStore(world.people.admin.viewer, small)
  })
})

test('what cannot be backed up or restored says why', async () => {
  const { customer, admin } = world.people
  const ve = await made(customer)
  const id = await taken(customer, ve.id)
  expect(await refused(() => backUpVe(customer.viewer, ve.id, { storeId: NOBODY }))).toMatchObject({
    fields: { storeId: expect.any(String) },
  })
  await db().ve.update({ where: { id: ve.id }, data: { hostId: world.hosts.two } })
  expect(await refused(() => backUpVe(customer.viewer, ve.id))).toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('no store of backups'),
  })
  expect(await refused(() => restoreBackup(customer.viewer, id))).toMatchObject({
    code: 'conflict',
    detail: expect.stringContaining('on another host'),
  })
  await db().ve.update({ where: { id: ve.id }, data: { hostId: world.hosts.one, storage: 'btrfs' } })
  expect(await refused(() => backUpVe(customer.viewer, ve.id))).toMatchObject({ code: 'capability-missing' })
  for (const [input, field] of [
    [{ name: 'main', path: '/vz/other' }, 'name'],
    [{ name: 'other', path: '/vz/main' }, 'path'],
  ] as const) {
    const attempt = () => createBackupStore(admin.viewer, { ...input, hostId: world.hosts.one })
    expect(await refused(attempt)).toMatchObject({ fields: { [field]: expect.any(String) } })
  }
})

test('a schedule is set, told and taken away; what it keeps has to fit', async () => {
  const { customer } = world.people
  const ve = await made(customer)
  expect(await getBackupSchedule(customer.viewer, ve.id)).toBeNull()
  const set = (more: object) => setBackupSchedule(customer.viewer, ve.id, { ...nightly, ...more })
  expect(await set({})).toMatchObject({ ...nightly, weekday: null, problem: null })
  expect(await set({ every: 'week', weekday: 0 })).toMatchObject({ every: 'week', weekday: 0 })
  expect(await refused(() => set({ every: 'week' }))).toMatchObject({
    fields: { weekday: expect.any(String) },
  })
  expect(await refused(() => set({ keep: 3 }))).toMatchObject({ fields: { keep: expect.any(String) } })
  await removeBackupSchedule(customer.viewer, ve.id)
  expect(await getBackupSchedule(customer.viewer, ve.id)).toBeNull()
})

test('the next moment of a schedule is after now, on its day', () => {
  const at = (every: 'day' | 'week', weekday: number | null, hour: number, now: string) =>
    nextAt({ every, weekday, hour }, new Date(now)).toISOString()
  expect(at('day', null, 3, '2026-11-22T02:59:59Z')).toBe('2026-11-22T03:00:00.000Z')
  expect(at('day', null, 3, '2026-11-22T03:00:00Z')).toBe('2026-11-23T03:00:00.000Z')
  expect(at('week', 0, 3, '2026-11-22T03:00:00Z')).toBe('2026-11-29T03:00:00.000Z')
  expect(at('week', 3, 23, '2026-12-31T23:30:00Z')).toBe('2027-01-06T23:00:00.000Z')
})
