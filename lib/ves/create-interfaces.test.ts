/** Creating a VE: which host, then which interfaces and addresses there. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAddressPool } from '../addresses/commands.ts'
import { db } from '../db/client.ts'
import { makeHost, makeTemplate, makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { validate } from '../http/validate.ts'
import { createVe } from './create.ts'
import { type VeInterfaceResource, veCreateInput } from './resource.ts'

let world: TestWorld
let count = 0
/** With bridge br0, and a bridge that only it has a pool for; without VLANs and rate limits. */
let bridgedHost: string
let template: string

const report = (available: boolean) => ({ available, reason: available ? null : 'the kernel lacks it.' })
const CAPABILITIES = {
  'net-routed': report(true),
  'net-bridged': report(true),
  'net-vlan': report(false),
  'net-rate': report(false),
}

beforeAll(async () => {
  world = await makeTestWorld()
  bridgedHost = await makeHost(world.provider, 'bridged', {
    facts: { bridges: ['br0'] },
    capabilities: CAPABILITIES,
  })
  template = await makeTemplate(world.provider, 'everywhere', [world.hosts.one, world.hosts.two, bridgedHost])
  const bridged = { kind: 'bridged' as const, bridge: 'br0', hostIds: [bridgedHost] }
  await createAddressPool(admin(), { ...bridged, name: 'link4', cidr: '192.0.2.0/24', gateway: '192.0.2.1' })
  await createAddressPool(admin(), {
    ...bridged,
    name: 'link6',
    cidr: '2001:db8:2::/64',
    gateway: '2001:db8:2::1',
  })
  const tagged = { ...bridged, vlan: 7, cidr: '198.51.100.0/24' }
  await createAddressPool(admin(), { ...tagged, name: 'tagged' })
  const lost = { ...bridged, bridge: 'br9', hostIds: [world.hosts.two], cidr: '203.0.113.0/24' }
  await createAddressPool(admin(), { ...lost, name: 'lost' })
  await createAddressPool(admin(), { name: 'nets', cidr: '2001:db8:64::/56', delegates: 64 })
})
afterAll(() => world.close())
beforeEach(() => {
  count += 1
})

const admin = () => world.people.admin.viewer
const poolId = async (name: string) => (await db().addressPool.findUniqueOrThrow({ where: { name } })).id

/** As a request would: through the schema. */
function create(more: object, viewer = admin()) {
  const name = `ve-${count}-${Math.random().toString(36).slice(2, 8)}`
  const input = { name, hostname: 've.example.org', templateId: template, ...more }
  return (async () => createVe(viewer, validate(veCreateInput, input)))()
}
const addressesOf = (each: VeInterfaceResource | undefined) => each?.addresses.map(({ address }) => address)

test('by default one routed eth0 with one address of each family that a pool serves', async () => {
  const { ve } = await create({ hostId: world.hosts.one })
  expect(ve.interfaces).toMatchObject([
    { index: 0, kind: 'routed', ifname: 'eth0', mac: null, pending: false },
  ])
  expect(addressesOf(ve.interfaces[0])).toHaveLength(1)
  await createAddressPool(admin(), { name: 'six', cidr: '2001:db8:1::/64', hostIds: [world.hosts.one] })
  const both = (await create({ hostId: world.hosts.one })).ve
  expect(addressesOf(both.interfaces[0])).toEqual([expect.stringMatching(/^10\.9\./), '2001:db8:1::1'])
  expect((await create({ hostId: world.hosts.two })).ve.addresses).toHaveLength(1)
})

test('several interfaces of both kinds, each with what its pools say', async () => {
  const { ve } = await create({
    hostId: bridgedHost,
    interfaces: [
      { kind: 'bridged', gateway6: null },
      { kind: 'routed', ifname: 'inner', addresses: [], delegate: true },
    ],
  })
  const [outer, inner] = ve.interfaces
  expect(outer).toMatchObject({
    index: 0,
    kind: 'bridged',
    ifname: 'eth0',
    mac: expect.stringMatching(/^02:16:3e(:[0-9a-f]{2}){3}$/),
    bridge: 'br0',
    vlan: null,
    networks: ['192.0.2.0/24', '2001:db8:2::/64'],
    gateway4: '192.0.2.1',
    gateway6: null,
  })
  expect(addressesOf(outer)).toEqual(['192.0.2.2', '2001:db8:2::2'])
  expect(inner).toMatchObject({ index: 1, ifname: 'inner' })
})

test('a second default route is refused, of either kind of interface', async () => {
  const two = [{ kind: 'bridged' }, { kind: 'bridged', gateway4: '192.0.2.1' }]
  const refused = await refusal(create({ hostId: bridgedHost, interfaces: two }))
  expect(refused.fields).toEqual({
    'interfaces.1.gateway4': 'The default route of IPv4 leads through eth0 already: a VE has one.',
  })
  const mixed = [{ kind: 'bridged' }, { kind: 'routed' }]
  const beside = await refusal(create({ hostId: bridgedHost, interfaces: mixed }))
  expect(Object.keys(beside.fields ?? {})).toEqual(['interfaces.1.addresses'])
  // Left out, it is taken only where there is none yet.
  const { ve } = await create({ hostId: bridgedHost, interfaces: [{ kind: 'bridged' }, { kind: 'bridged' }] })
  expect(ve.interfaces.map(({ gateway4 }) => gateway4)).toEqual(['192.0.2.1', null])
})

test.each([
  ['an address that no pool has', { addresses: ['172.16.0.1'] }, 'interfaces.0.addresses.0'],
  ['no address of a bridged one', { addresses: [] }, 'interfaces.0.addresses'],
  ['addresses on two links', { addresses: ['192.0.2.9', '198.51.100.9'] }, 'interfaces.0.addresses'],
  [
    'a gateway of a family without address',
    { addresses: ['192.0.2.9'], gateway6: '2001:db8:2::1' },
    'interfaces.0.gateway6',
  ],
  [
    'a gateway beside the networks',
    { addresses: ['192.0.2.9'], gateway4: '192.0.3.1' },
    'interfaces.0.gateway4',
  ],
  ['itself as gateway', { addresses: ['192.0.2.9'], gateway4: '192.0.2.9' }, 'interfaces.0.gateway4'],
  [
    'an IPv6 gateway for IPv4',
    { addresses: ['192.0.2.9'], gateway4: '2001:db8:2::1' },
    'interfaces.0.gateway4',
  ],
  ['a name that the kernel would refuse', { ifname: 'eth 0' }, 'interfaces.0.ifname'],
  ['the loopback’s name', { ifname: 'lo' }, 'interfaces.0.ifname'],
  ['a multicast hardware address', { mac: '03:16:3e:00:00:01' }, 'interfaces.0.mac'],
  [
    'a pool that is not there',
    { poolIds: ['00000000-0000-4000-8000-000000000000'] },
    'interfaces.0.poolIds.0',
  ],
  ['a rate below any packet', { rate: { inBits: 1, outBits: null } }, 'interfaces.0.rate.inBits'],
])('refuses %s', async (_, more, field) => {
  const before = await db().veAddress.count()
  const refused = await refusal(create({ hostId: bridgedHost, interfaces: [{ kind: 'bridged', ...more }] }))
  expect(Object.keys(refused.fields ?? {})).toEqual([field])
  expect(await db().veAddress.count()).toBe(before)
})

test('what the host cannot do is refused with its reason', async () => {
  const on = (hostId: string, more: object) =>
    refusal(create({ hostId, interfaces: [{ kind: 'bridged', ...more }] }))
  const vlan = await on(bridgedHost, { poolIds: [await poolId('tagged')] })
  expect(vlan).toMatchObject({
    code: 'capability-missing',
    fields: { 'interfaces.0.kind': 'bridged has no VLANs on bridges: the kernel lacks it.' },
  })
  const rate = await on(bridgedHost, { rate: { inBits: 1_000_000, outBits: null } })
  expect(Object.keys(rate.fields ?? {})).toEqual(['interfaces.0.rate'])
  const bridge = await on(world.hosts.two, {})
  expect(bridge).toMatchObject({
    code: 'capability-missing',
    detail: 'node2 has no bridge br9: it has none.',
  })
  const none = await on(world.hosts.one, {})
  expect(none).toMatchObject({
    code: 'no-free-address',
    detail: 'No address pool for bridged interfaces serves node1.',
  })
})

test('without a host asked for, one is found where the interfaces can be had', async () => {
  const { ve } = await create({ interfaces: [{ kind: 'bridged' }] })
  expect(ve.host.name).toBe('bridged')
  // The only host that the pool serves has not its bridge.
  const interfaces = [{ kind: 'bridged', addresses: ['203.0.113.9'] }]
  expect(['invalid-input', 'capability-missing']).toContain((await refusal(create({ interfaces }))).code)
  const nowhere = await refusal(create({ interfaces }, world.people.customer.viewer))
  expect(JSON.stringify(nowhere.toJson())).not.toMatch(/node|br9/)
})

test('a used-up pool of one host is no reason where another has addresses', async () => {
  const only = { name: 'only', cidr: '10.50.0.0/32', hostIds: [world.hosts.two] }
  await db().addressPool.update({
    where: { id: world.pool },
    data: { hosts: { create: { hostId: world.hosts.one } } },
  })
  await createAddressPool(admin(), only)
  const first = await create({ hostId: world.hosts.two })
  expect(first.ve.addresses).toEqual(['10.50.0.0'])
  const full = await refusal(create({ hostId: world.hosts.two }))
  expect(full).toMatchObject({ code: 'no-free-address', detail: 'Every address is given out: only.' })
  for (let i = 0; i < 3; i += 1) expect((await create({})).ve.host.name).toBe('node1')
  await db().addressPool.update({ where: { id: world.pool }, data: { hosts: { deleteMany: {} } } })
})

test('hardware addresses are given once, and chosen by the provider only', async () => {
  const mac = '02:16:3e:aa:bb:cc'
  const interfaces = [{ kind: 'bridged', mac }]
  const results = await Promise.allSettled([
    create({ hostId: bridgedHost, interfaces }),
    create({ hostId: bridgedHost, interfaces }),
  ])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const twice = await refusal(create({ hostId: bridgedHost, interfaces }))
  expect(twice.fields).toEqual({ 'interfaces.0.mac': 'Another interface has this hardware address.' })
  const foreign = [{ kind: 'bridged', mac: '02:16:3e:aa:bb:cd' }]
  const customer = await refusal(create({ interfaces: foreign }, world.people.customer.viewer))
  expect(Object.keys(customer.fields ?? {})).toEqual(['interfaces.0.mac'])
})

test('names are given once; addresses of one and of all interfaces are not both said', async () => {
  const named = [
    { kind: 'routed', ifname: 'lan' },
    { kind: 'routed', ifname: 'lan' },
  ]
  expect((await refusal(create({ interfaces: named }))).fields).toHaveProperty('interfaces.1.ifname')
  const both = { addresses: ['10.9.0.99'], interfaces: [{ kind: 'routed' }] }
  expect((await refusal(create(both))).fields).toHaveProperty('addresses')
  const many = Array.from({ length: 17 }, () => ({ kind: 'routed', addresses: [] }))
  expect((await refusal(create({ interfaces: many }))).fields).toHaveProperty('interfaces')
  const most = await create({ interfaces: many.slice(1) })
  expect(most.ve.interfaces.map(({ index }) => index)).toEqual(
    Array.from({ length: 16 }, (_, index) => index),
  )
})

test('a network that is delegated is shown as a prefix, and needs a pool', async () => {
  const interfaces = [{ kind: 'routed', addresses: [], delegate: true }]
  const { ve } = await create({ hostId: world.hosts.one, interfaces })
  expect(ve.interfaces[0]?.prefixes).toMatchObject([
    { address: expect.stringMatching(/^2001:db8:64:.*\/64$/) },
  ])
  expect(ve.addresses).toEqual([])
  await db().addressPool.update({
    where: { name: 'nets' },
    data: { hosts: { create: { hostId: bridgedHost } } },
  })
  const refused = await refusal(create({ hostId: world.hosts.one, interfaces }))
  expect(refused).toMatchObject({
    code: 'no-free-address',
    fields: { 'interfaces.0.delegate': expect.any(String) },
  })
})
