import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { type Fleet, makeFleet, makeNeighbour, makeVe, useTestDatabase } from '../worker/test-fleet.ts'
import { moveObstacles } from './obstacles.ts'
import { scaled } from './predict.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
let there: { id: string; name: string }
beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
  there = await makeNeighbour(fleet)
})
afterAll(() => database.drop())

const texts = async (veId: string) => (await moveObstacles(db(), veId, there.id)).map(({ text }) => text)

test('a host that is like the present one has nothing against it', async () => {
  expect(await texts((await makeVe(fleet, 'welcome', 'running')).id)).toEqual([])
})

test('addresses whose pool does not serve it, until the pool is bound to it', async () => {
  const ve = await makeVe(fleet, 'bound', 'running')
  const pool = await db().addressPool.create({
    data: {
      name: 'here',
      cidr: '10.8.0.0/24',
      first: '10.8.0.10',
      last: '10.8.0.250',
    },
  })
  await db().addressPoolHost.create({ data: { poolId: pool.id, hostId: fleet.hostId } })
  const { id } = await db().veInterface.create({
    data: { veId: ve.id, index: 0, kind: 'routed', ifname: 'eth0' },
  })
  await db().veAddress.create({
    data: { veId: ve.id, interfaceId: id, poolId: pool.id, address: '10.8.0.11' },
  })
  expect(await texts(ve.id)).toEqual([expect.stringMatching(/is not served by the pool of 10\.8\.0\.11/)])
  await db().addressPoolHost.create({ data: { poolId: pool.id, hostId: there.id } })
  expect(await texts(ve.id)).toEqual([])
})

test('no room, no template, not online; what is kept for the VE itself is no obstacle', async () => {
  const ve = await makeVe(fleet, 'large', 'running')
  await db().ve.update({ where: { id: ve.id }, data: { memoryBytes: 80n * 2n ** 30n, movingToId: there.id } })
  expect(await texts(ve.id)).toEqual([])
  const other = await makeVe(fleet, 'late', 'running')
  await db().ve.update({ where: { id: other.id }, data: { memoryBytes: 40n * 2n ** 30n } })
  expect(await texts(other.id)).toEqual([expect.stringMatching(/40 GiB memory asked/)])
  await db().ve.update({ where: { id: ve.id }, data: { movingToId: null } })
  await db().templateCache.deleteMany({ where: { hostId: there.id } })
  expect(await texts(other.id)).toEqual([expect.stringMatching(/does not have the template/)])
  await db().host.update({ where: { id: there.id }, data: { status: 'offline' } })
  expect(await texts(other.id)).toEqual([expect.stringMatching(/is offline/)])
})

test('a freeze is foretold from the last one, longer with more memory and never shorter', () => {
  const last = { freezeMilliseconds: 800, memoryBytes: 100 }
  expect(scaled(last, 250)).toBe(2000)
  expect(scaled(last, 10)).toBe(800)
  expect(scaled({ ...last, freezeMilliseconds: null }, 10)).toBeNull()
})
