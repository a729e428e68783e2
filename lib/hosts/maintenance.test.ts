import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { makeHost, makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { hostsOffline } from '../worker/reconcilers/hosts-offline.ts'
import { recordSample } from '../worker/samples/record-sample.ts'
import { sampleOf } from '../worker/samples/test-samples.ts'
import { setMaintenance } from './maintenance.ts'
import { getHost } from './queries.ts'

let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer
const statusOf = async (id: string) => (await getHost(admin(), id)).status

test('a host in maintenance that dies is offline, and in maintenance again once it answers', async () => {
  const id = await makeHost(world.provider, 'maintained', { status: 'online', lastSeenAt: new Date() })
  const { status, maintenanceSince } = await setMaintenance(admin(), id, { on: true })
  expect([status, maintenanceSince]).toEqual(['maintenance', expect.any(String)])
  expect(await setMaintenance(admin(), id, { on: true })).toMatchObject({ maintenanceSince })

  await db().host.update({ where: { id }, data: { lastSeenAt: new Date(Date.now() - 60_000) } })
  await hostsOffline.run({} as never)
  expect(await getHost(admin(), id)).toMatchObject({ status: 'offline', maintenanceSince })
  await recordSample(id, sampleOf([]))
  expect(await getHost(admin(), id)).toMatchObject({ status: 'maintenance', problem: null })

  expect(await setMaintenance(admin(), id, { on: false })).toMatchObject({ maintenanceSince: null })
  expect(await statusOf(id)).toBe('online')
  const events = await db().auditEvent.findMany({ where: { hostId: id }, orderBy: { id: 'asc' } })
  expect(events.map(({ action, details }) => [action, details])).toEqual([
    ['host-maintenance', { maintenance: true }],
    ['host-maintenance', { maintenance: false }],
  ])
})

test('while it is offline maintenance begins and ends without bringing it online', async () => {
  const id = await makeHost(world.provider, 'away', { status: 'offline' })
  await setMaintenance(admin(), id, { on: true })
  expect(await statusOf(id)).toBe('offline')
  await setMaintenance(admin(), id, { on: false })
  expect(await statusOf(id)).toBe('offline')
})

test('it is for whoever manages hosts, and for hosts that are enrolled', async () => {
  const { watcher, customer } = world.people
  const on = { on: true }
  await expect(setMaintenance(watcher.viewer, world.hosts.one, on)).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(setMaintenance(customer.viewer, world.hosts.one, on)).rejects.toMatchObject({
    code: 'not-found',
  })
  const failed = await makeHost(world.provider, 'unready', { status: 'failed' })
  await expect(setMaintenance(admin(), failed, on)).rejects.toMatchObject({ code: 'conflict' })
})
