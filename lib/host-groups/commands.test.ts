import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAddressPool, removeAddressPool, updateAddressPool } from '../addresses/commands.ts'
import { db } from '../db/client.ts'
import { removeHost } from '../hosts/commands.ts'
import { makeHost, makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { createHostGroup, removeHostGroup, updateHostGroup } from './commands.ts'
import { getHostGroup, listHostGroups } from './queries.ts'

let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer
const NOBODY = '00000000-0000-4000-8000-000000000000'
const names = (things: { name: string }[]) => things.map(({ name }) => name)

test('a host is in one group at most, and leaves it when the members are set anew', async () => {
  const { one, two } = world.hosts
  const first = await createHostGroup(admin(), { name: 'first', hostIds: [one, one] })
  expect(names(first.hosts)).toEqual(['node1'])
  const refused = await refusal(createHostGroup(admin(), { name: 'second', hostIds: [two, one] }))
  expect(refused.fields).toEqual({ hostIds: 'node1 is in the group first already.' })
  expect(await db().hostGroup.count()).toBe(1)
  const moved = await updateHostGroup(admin(), first.id, { hostIds: [two] })
  expect(names(moved.hosts)).toEqual(['node2'])
  const second = await createHostGroup(admin(), { name: 'second', hostIds: [one] })
  expect(await updateHostGroup(admin(), second.id, { name: 'renamed' })).toMatchObject({
    name: 'renamed',
    hosts: [{ name: 'node1' }],
  })
})

test('of two groups that want one host at once, one gets it', async () => {
  const host = await makeHost(world.provider, 'wanted')
  const wanting = ['left', 'right'].map((name) => createHostGroup(admin(), { name, hostIds: [host] }))
  const results = await Promise.allSettled(wanting)
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('names are given once, and hosts have to be there', async () => {
  await createHostGroup(admin(), { name: 'Rack' })
  expect((await refusal(createHostGroup(admin(), { name: 'rack' }))).fields).toHaveProperty('name')
  const unknown = await refusal(createHostGroup(admin(), { name: 'ghosts', hostIds: [NOBODY] }))
  expect(unknown.fields).toHaveProperty('hostIds')
  expect((await refusal(updateHostGroup(admin(), NOBODY, { name: 'x' }))).code).toBe('not-found')
})

test('it is removed when no pool is bound to it; its hosts stay', async () => {
  const host = await makeHost(world.provider, 'member')
  const group = await createHostGroup(admin(), { name: 'bound', hostIds: [host] })
  const pool = await createAddressPool(admin(), {
    name: 'of-bound',
    cidr: '192.0.2.0/24',
    groupIds: [group.id],
  })
  expect(names((await getHostGroup(admin(), group.id)).pools)).toEqual(['of-bound'])
  const refused = await refusal(removeHostGroup(admin(), group.id))
  expect(refused).toMatchObject({ code: 'conflict', detail: 'Address pools are bound to bound: of-bound.' })
  await db().addressPool.delete({ where: { id: pool.id } })
  await removeHostGroup(admin(), group.id)
  expect(await db().host.findUniqueOrThrow({ where: { id: host } })).toMatchObject({ groupId: null })
})

test('a host is not removed while a pool serves it alone: it would serve all then', async () => {
  const host = await makeHost(world.provider, 'alone')
  const pool = await createAddressPool(admin(), { name: 'own', cidr: '198.51.100.0/24', hostIds: [host] })
  expect((await refusal(removeHost(admin(), host))).detail).toBe(
    'The address pool own serves alone alone: bind it elsewhere first.',
  )
  await db().addressPoolHost.create({ data: { poolId: pool.id, hostId: world.hosts.one } })
  await removeHost(admin(), host)
})

test('groups are the provider’s', async () => {
  const { customer, watcher } = world.people
  for (const { viewer } of [customer, watcher])
    expect((await refusal(createHostGroup(viewer, { name: 'x' }))).code).toBe('forbidden')
  expect((await refusal(listHostGroups(customer.viewer))).code).toBe('forbidden')
  const page = await listHostGroups(watcher.viewer, { limit: 1, sort: 'name' })
  expect(page.items).toHaveLength(1)
  const next = await listHostGroups(watcher.viewer, { limit: 1, sort: 'name', cursor: page.next ?? '' })
  expect(next.items[0]?.id).not.toBe(page.items[0]?.id)
})

test('who changed groups and pools is on record', async () => {
  const host = await makeHost(world.provider, 'noted')
  const group = await createHostGroup(admin(), { name: 'noted', hostIds: [host] })
  const pool = await createAddressPool(admin(), {
    name: 'noted',
    cidr: '198.18.5.0/24',
    groupIds: [group.id],
  })
  await updateAddressPool(admin(), pool.id, { last: '198.18.5.9' })
  await removeAddressPool(admin(), pool.id)
  await removeHostGroup(admin(), group.id)
  const events = await db().auditEvent.findMany({ where: { subject: 'noted' }, orderBy: { id: 'asc' } })
  const bound = { range: '198.18.5.0/24', first: '198.18.5.1', hosts: [], groups: ['noted'] }
  expect(events.map(({ action, details }) => [action, details])).toEqual([
    ['host-group-change', { hosts: ['noted'] }],
    ['pool-change', { ...bound, last: '198.18.5.254' }],
    ['pool-change', { ...bound, last: '198.18.5.9' }],
    ['pool-change', { removed: true, range: '198.18.5.0/24' }],
    ['host-group-change', { removed: true }],
  ])
  expect(events[0]).toMatchObject({ actorId: world.people.admin.userId, accountId: world.provider })
})
