import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Problem } from '../contract/problem.ts'
import { db } from '../db/client.ts'
import { createHostGroup } from '../host-groups/commands.ts'
import { makeHost, makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { validate } from '../http/validate.ts'
import { createVe } from '../ves/create.ts'
import { createAddressPool, removeAddressPool, updateAddressPool } from './commands.ts'
import { getAddressPool, listAddressPools } from './queries.ts'
import { type AddressPoolCreateInput, addressPoolCreateInput, addressPoolUpdateInput } from './resource.ts'

let world: TestWorld
let count = 0

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await db().addressPool.deleteMany({ where: { id: { not: world.pool }, addresses: { none: {} } } })
})

const admin = () => world.people.admin.viewer

/** As a request would: through the schema. */
function make(input: Partial<AddressPoolCreateInput> & { cidr: string }) {
  count += 1
  const given = { name: `pool-${count}`, ...input }
  return createAddressPool(admin(), validate(addressPoolCreateInput, given))
}
const fieldsOf = async (
  input: Partial<AddressPoolCreateInput> & { cidr: string },
): Promise<Problem['fields']> => (await refusal((async () => make(input))())).fields
const bridged = { kind: 'bridged', bridge: 'br0' } as const

describe('what a pool may be', () => {
  test('a bridged pool has its bridge, and gives out all but network, broadcast and gateway', async () => {
    const pool = await make({ ...bridged, cidr: '192.0.2.0/24', gateway: '192.0.2.1', vlan: 7 })
    expect(pool).toMatchObject({
      first: '192.0.2.2',
      last: '192.0.2.254',
      total: 253,
      vlan: 7,
      bridge: 'br0',
    })
    const last = await make({ ...bridged, cidr: '198.51.100.0/24', gateway: '198.51.100.254' })
    expect(last).toMatchObject({ first: '198.51.100.1', last: '198.51.100.253' })
  })

  test('a pool that delegates counts networks', async () => {
    const pool = await make({ cidr: '2001:db8:8::/48', delegates: 64 })
    expect(pool).toMatchObject({ first: '2001:db8:8::', last: '2001:db8:8:ffff::', total: 65_536, used: 0 })
    expect(await make({ cidr: '2001:db8:9::/64', delegates: 64 })).toMatchObject({ total: 1 })
  })

  const gateway = { ...bridged, cidr: '192.0.2.0/24' }
  test.each([
    ['a bridged pool without bridge', { kind: 'bridged', cidr: '192.0.2.0/24' }, 'bridge'],
    ['a VLAN of a routed pool', { cidr: '192.0.2.0/24', vlan: 7 }, 'vlan'],
    ['a bridge of a routed pool', { cidr: '192.0.2.0/24', bridge: 'br0' }, 'bridge'],
    ['a gateway of a routed pool', { cidr: '192.0.2.0/24', gateway: '192.0.2.1' }, 'gateway'],
    ['a VLAN above 4094', { ...gateway, vlan: 4095 }, 'vlan'],
    ['a bridge that is no name of a device', { ...gateway, bridge: '-br 0' }, 'bridge'],
    ['a gateway outside', { ...gateway, gateway: '198.51.100.1' }, 'gateway'],
    ['a gateway of the other family', { ...gateway, gateway: '2001:db8::1' }, 'gateway'],
    ['the network address as gateway', { ...gateway, gateway: '192.0.2.0' }, 'gateway'],
    ['the broadcast address as gateway', { ...gateway, gateway: '192.0.2.255' }, 'gateway'],
    ['a gateway in the middle of what is given out', { ...gateway, gateway: '192.0.2.77' }, 'gateway'],
    [
      'a gateway at a chosen end',
      { ...gateway, gateway: '192.0.2.10', first: '192.0.2.10', last: '192.0.2.20' },
      'gateway',
    ],
    ['delegating IPv4', { cidr: '10.0.0.0/8', delegates: 64 }, 'delegates'],
    ['delegating on a bridge', { ...bridged, cidr: '2001:db8:8::/48', delegates: 64 }, 'delegates'],
    ['networks larger than the prefix', { cidr: '2001:db8:8::/64', delegates: 56 }, 'delegates'],
    ['networks as small as an address', { cidr: '2001:db8:8::/64', delegates: 128 }, 'delegates'],
    [
      'an end inside of a network',
      { cidr: '2001:db8:8::/48', delegates: 64, first: '2001:db8:8::1' },
      'first',
    ],
    [
      'a last end inside of a network',
      { cidr: '2001:db8:8::/48', delegates: 64, last: '2001:db8:8:5::1' },
      'last',
    ],
    ['loopback', { cidr: '127.0.0.0/8' }, 'cidr'],
    ['multicast', { cidr: '239.1.0.0/16' }, 'cidr'],
    ['link-local', { cidr: 'fe80::/64' }, 'cidr'],
    ['everything', { cidr: '0.0.0.0/0' }, 'cidr'],
    [
      'an unknown host',
      { cidr: '192.0.2.0/24', hostIds: ['00000000-0000-4000-8000-000000000000'] },
      'hostIds',
    ],
    [
      'an unknown group',
      { cidr: '192.0.2.0/24', groupIds: ['00000000-0000-4000-8000-000000000000'] },
      'groupIds',
    ],
  ] as const)('refuses %s', async (_, input, field) => {
    const before = await db().addressPool.count()
    expect(Object.keys((await fieldsOf(input as never)) ?? {})).toEqual([field])
    expect(await db().addressPool.count()).toBe(before)
  })

  test('a point-to-point prefix has no network or broadcast address', async () => {
    expect(await make({ ...bridged, cidr: '192.0.2.0/31', gateway: '192.0.2.0' })).toMatchObject({
      first: '192.0.2.1',
      last: '192.0.2.1',
    })
  })
})

describe('what pools may not share', () => {
  test('addresses, delegated or not, in either order', async () => {
    await make({ name: 'six', cidr: '2001:db8:8::/48', delegates: 64, last: '2001:db8:8:f::' })
    const inside = await refusal(make({ cidr: '2001:db8:8:f::/64' }))
    expect(inside.code).toBe('pool-overlap')
    expect(inside.fields?.cidr).toContain('six')
    // Just beyond its last network.
    await make({ cidr: '2001:db8:8:10::/64' })
    const around = await refusal(make({ cidr: '2001:db8::/40', delegates: 48 }))
    expect(around.code).toBe('pool-overlap')
    const chosen = { cidr: '10.9.0.0/24', first: '10.9.0.100', last: '10.9.0.120' }
    expect((await refusal(make(chosen))).fields).toHaveProperty('first')
  })

  test('of two that overlap and are made at once, one is', async () => {
    const both = [make({ cidr: '203.0.113.0/24' }), make({ cidr: '203.0.113.128/25' })]
    const results = await Promise.allSettled(both)
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('gateways', async () => {
    await make({ ...bridged, name: 'gated', cidr: '192.0.2.0/24', gateway: '192.0.2.1', last: '192.0.2.99' })
    const around = { ...bridged, cidr: '192.0.2.0/24', last: '192.0.2.1' }
    expect((await fieldsOf(around))?.first).toBe('192.0.2.1 is the gateway of the pool gated.')
    const other = {
      ...bridged,
      cidr: '192.0.2.0/24',
      gateway: '192.0.2.50',
      first: '192.0.2.100',
      last: '192.0.2.110',
    }
    expect((await fieldsOf(other))?.gateway).toContain('gated')
  })

  test('the address of a host, also within a network that is given out', async () => {
    await makeHost(world.provider, 'numbered', { address: '192.0.2.77' })
    await makeHost(world.provider, 'six', { address: '2001:db8:77::5' })
    try {
      expect((await fieldsOf({ cidr: '192.0.2.0/24' }))?.cidr).toContain(
        '192.0.2.77 is the address of the host numbered',
      )
      expect(await fieldsOf({ cidr: '2001:db8:77::/48', delegates: 64 })).toHaveProperty('cidr')
      await make({ cidr: '192.0.2.0/24', last: '192.0.2.76' })
    } finally {
      await db().host.deleteMany({ where: { name: { in: ['numbered', 'six'] } } })
    }
  })
})

describe('changing a pool', () => {
  const change = (id: string, input: object) =>
    updateAddressPool(admin(), id, validate(addressPoolUpdateInput, input))

  test('name, ends, gateway and bindings, each by itself', async () => {
    const pool = await make({ ...bridged, cidr: '192.0.2.0/24', first: '192.0.2.10', last: '192.0.2.20' })
    expect(await change(pool.id, { name: 'renamed' })).toMatchObject({ name: 'renamed', first: '192.0.2.10' })
    expect(await change(pool.id, { last: '192.0.2.30' })).toMatchObject({
      first: '192.0.2.10',
      last: '192.0.2.30',
    })
    expect(await change(pool.id, { gateway: '192.0.2.1' })).toMatchObject({ gateway: '192.0.2.1' })
    expect(await change(pool.id, { gateway: null })).toMatchObject({ gateway: null })
    const group = await createHostGroup(admin(), { name: `group-${count}` })
    const bound = await change(pool.id, { hostIds: [world.hosts.one], groupIds: [group.id] })
    expect(bound).toMatchObject({ hosts: [{ name: 'node1' }], groups: [{ id: group.id }] })
    expect(await change(pool.id, { name: 'again' })).toMatchObject({ hosts: [{ name: 'node1' }] })
    expect(await change(pool.id, { hostIds: [], groupIds: [] })).toMatchObject({ hosts: [], groups: [] })
  })

  test('it shrinks only around what VEs have', async () => {
    const { ve } = await createVe(admin(), {
      name: 'holder',
      hostname: 'holder.example.org',
      templateId: world.template,
      addresses: ['10.9.0.50'],
    })
    const low = await refusal(change(world.pool, { first: '10.9.0.51' }))
    expect(low.fields).toEqual({ first: 'holder has 10.9.0.50, which would be left out.' })
    const high = await refusal(change(world.pool, { last: '10.9.0.49' }))
    expect(Object.keys(high.fields ?? {})).toEqual(['last'])
    await change(world.pool, { first: '10.9.0.50', last: '10.9.0.50' })
    await change(world.pool, { first: '10.9.0.10', last: '10.9.0.209' })
    await db().veAddress.updateMany({ where: { veId: ve.id }, data: { releasedAt: new Date() } })
    await change(world.pool, { first: '10.9.0.60' })
    await change(world.pool, { first: '10.9.0.10' })
  })

  test('what would not be made is not changed to either', async () => {
    const pool = await make({ cidr: '192.0.2.0/24' })
    expect((await refusal(change(pool.id, { name: 'POOL' }))).fields).toHaveProperty('name')
    expect((await refusal(change(pool.id, { gateway: '192.0.2.1' }))).fields).toHaveProperty('gateway')
    expect((await refusal(change(pool.id, { first: '198.51.100.1' }))).fields).toHaveProperty('first')
    const apart = await make({ cidr: '192.0.3.0/24', last: '192.0.3.9' })
    await make({ cidr: '192.0.3.0/24', first: '192.0.3.20', last: '192.0.3.29' })
    expect((await refusal(change(apart.id, { last: '192.0.3.20' }))).code).toBe('pool-overlap')
    expect(await getAddressPool(admin(), apart.id)).toMatchObject({ last: '192.0.3.9' })
  })
})

describe('removing a pool', () => {
  test('is refused while VEs have addresses of it, with their names; history outlives it', async () => {
    const pool = await make({ cidr: '10.20.0.0/24' })
    const { ve } = await createVe(admin(), {
      name: 'tenant',
      hostname: 'tenant.example.org',
      templateId: world.template,
      addresses: ['10.20.0.9'],
    })
    const refused = await refusal(removeAddressPool(admin(), pool.id))
    expect(refused.code).toBe('conflict')
    expect(refused.detail).toContain('tenant')
    await db().veAddress.updateMany({ where: { veId: ve.id }, data: { releasedAt: new Date() } })
    await removeAddressPool(admin(), pool.id)
    expect((await refusal(getAddressPool(admin(), pool.id))).code).toBe('not-found')
    expect(await db().veAddress.findFirst({ where: { veId: ve.id } })).toMatchObject({
      address: '10.20.0.9',
      poolId: null,
    })
  })
})

test('pools are the provider’s: others are told so, a provider’s viewer may look', async () => {
  const { customer, watcher, stranger } = world.people
  const attempts = (viewer: typeof customer.viewer) => [
    createAddressPool(viewer, { name: 'x', cidr: '192.0.2.0/24' }),
    updateAddressPool(viewer, world.pool, { name: 'x' }),
    removeAddressPool(viewer, world.pool),
  ]
  for (const person of [customer, watcher, stranger])
    for (const attempt of attempts(person.viewer)) expect((await refusal(attempt)).code).toBe('forbidden')
  expect((await refusal(getAddressPool(customer.viewer, world.pool))).code).toBe('forbidden')
  expect(await getAddressPool(watcher.viewer, world.pool)).toMatchObject({ name: 'pool' })
})

test('lists by kind, and by the host that is served', async () => {
  const group = await createHostGroup(admin(), { name: 'two', hostIds: [world.hosts.two] })
  await make({ name: 'of-one', cidr: '192.0.2.0/26', hostIds: [world.hosts.one] })
  await make({ name: 'of-group', cidr: '192.0.2.64/26', groupIds: [group.id] })
  await make({ ...bridged, name: 'of-all', cidr: '192.0.2.128/26' })
  const names = async (query: object) =>
    (await listAddressPools(admin(), query)).items.map(({ name }) => name)
  expect(await names({ kind: 'bridged' })).toEqual(['of-all'])
  expect(await names({ hostId: world.hosts.one })).toEqual(['of-all', 'of-one', 'pool'])
  expect(await names({ hostId: world.hosts.two })).toEqual(['of-all', 'of-group', 'pool'])
})
