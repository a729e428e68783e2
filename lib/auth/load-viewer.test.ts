import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { db } from '../db/client.ts'
import { makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { loadViewer, loadViewers } from './load-viewer.ts'

let world: TestWorld
beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

const VIA = { via: 'session' } as const

test('many are loaded as each by itself, in one statement', async () => {
  const people = Object.values(world.people)
  const { reseller, customer } = world.people
  await db().membership.create({
    data: { userId: customer.userId, accountId: reseller.accountId, role: 'viewer' },
  })
  await db().user.create({ data: { id: 'alone', name: 'Al One', email: 'alone@example.org' } })
  const ids = [...people.map(({ userId }) => userId), 'alone']
  const single = await Promise.all(ids.map((id) => loadViewer(id, VIA)))
  const spy = vi.spyOn(pg.Client.prototype, 'query')
  const viewers = await loadViewers([...ids, 'nobody'], VIA)
  const asked = spy.mock.calls.length
  spy.mockRestore()
  expect(asked).toBe(1)
  expect(viewers.size).toBe(ids.length)
  expect(ids.map((id) => viewers.get(id))).toEqual(single)
  expect(viewers.get('alone')?.memberships).toEqual([])
  expect(viewers.get(customer.userId)?.memberships).toMatchObject([
    { accountId: customer.accountId, subtree: [customer.accountId] },
    { accountId: reseller.accountId, ancestors: [world.provider] },
  ])
  expect(await loadViewer('nobody', VIA)).toBeNull()
})
