import { afterAll, beforeAll, expect, test } from 'vitest'
import { GIB } from '../contract/units.ts'
import { db } from '../db/client.ts'
import { makeHost, makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { fleetOverview } from './queries.ts'

let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

test('counts and adds up what the viewer may see', async () => {
  const { admin, stranger } = world.people
  await makeHost(world.provider, 'sim', {
    simulated: true,
    status: 'failed',
    memoryBytes: null,
    diskBytes: null,
  })
  await db().host.update({ where: { id: world.hosts.one }, data: { sample: { vzFreeBytes: 1000 * GIB } } })
  const { ve } = await createVe(admin.viewer, { name: 'a', hostname: 'a', templateId: world.template })
  const before = await fleetOverview(admin.viewer)
  expect(before.hosts).toEqual({ enrolling: 0, online: 2, offline: 0, maintenance: 0, failed: 1 })
  expect(before.simulatedHosts).toBe(1)
  expect(before.memory).toEqual({ total: 128 * GIB, promised: GIB / 2 })
  expect(before.disk).toEqual({ total: 2048 * GIB, used: 24 * GIB, promised: 4 * GIB })
  expect(before.ves).toMatchObject({ creating: 1, running: 0 })

  await db().ve.update({ where: { id: ve.id }, data: { state: 'destroyed', destroyedAt: new Date() } })
  const after = await fleetOverview(admin.viewer)
  expect(after.ves).toMatchObject({ creating: 0, destroyed: 0 })
  expect(after.memory.promised).toBe(0)

  const theirs = await fleetOverview(stranger.viewer)
  expect(theirs.hosts.online).toBe(0)
  expect(theirs.memory).toEqual({ total: 0, promised: 0 })
})
