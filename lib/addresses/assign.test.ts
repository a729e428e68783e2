import { afterAll, beforeAll, expect, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { rowsRead } from '../db/test-rows-read.ts'
import { createHostGroup } from '../host-groups/commands.ts'
import { makeHost, makeTestWorld, refusal, type TestWorld } from '../http/test-world.ts'
import { createVe } from '../ves/create.ts'
import { lockAllocation } from './allocation-lock.ts'
import { addressSource } from './assign.ts'
import { createAddressPool } from './commands.ts'
import { poolsServing, readPools } from './serving.ts'

let world: TestWorld
/** A VE and its interface, for addresses that tests hold. */
let holder: { veId: string; interfaceId: string }

beforeAll(async () => {
  world = await makeTestWorld()
  const { ve } = await createVe(admin(), {
    name: 'holder',
    hostname: 'holder.example.org',
    templateId: world.template,
    addresses: [],
  })
  holder = { veId: ve.id, interfaceId: ve.interfaces[0]?.id ?? '' }
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer

/** The next one of a pool, held from then on. */
function take(poolId: string): Promise<string | null> {
  return transaction(async (tx) => {
    await lockAllocation(tx)
    const pools = await readPools(tx)
    const source = await addressSource(tx, pools)
    const next = await source.next(pools.filter(({ id }) => id === poolId))
    if (next) await tx.veAddress.create({ data: { ...holder, poolId, address: next.address } })
    return next?.address ?? null
  })
}
const giveBack = (address: string) =>
  db().veAddress.updateMany({ where: { address, releasedAt: null }, data: { releasedAt: new Date() } })

test('the lowest free address, also one that came back, until all are out', async () => {
  const { id } = await createAddressPool(admin(), { name: 'few', cidr: '192.0.2.0/29', last: '192.0.2.4' })
  for (const last of [1, 2, 3, 4]) expect(await take(id)).toBe(`192.0.2.${last}`)
  expect(await take(id)).toBeNull()
  await giveBack('192.0.2.2')
  expect(await take(id)).toBe('192.0.2.2')
  expect(await take(id)).toBeNull()
})

test('a pool up to the last address there is', async () => {
  const { id } = await createAddressPool(admin(), {
    name: 'end',
    cidr: '2001:db8:ffff:ffff:ffff:ffff:ffff:fffe/127',
  })
  expect(await take(id)).toBe('2001:db8:ffff:ffff:ffff:ffff:ffff:fffe')
  expect(await take(id)).toBe('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')
  expect(await take(id)).toBeNull()
})

test('the lowest free network of a pool that delegates', async () => {
  const { id } = await createAddressPool(admin(), {
    name: 'six',
    cidr: '2001:db8:5::/48',
    delegates: 64,
    first: '2001:db8:5:1::',
    last: '2001:db8:5:3::',
  })
  expect(await take(id)).toBe('2001:db8:5:1::/64')
  expect(await take(id)).toBe('2001:db8:5:2::/64')
  await giveBack('2001:db8:5:1::/64')
  expect(await take(id)).toBe('2001:db8:5:1::/64')
  expect(await take(id)).toBe('2001:db8:5:3::/64')
  expect(await take(id)).toBeNull()
})

test('not around the address of a host that came later', async () => {
  const six = await createAddressPool(admin(), { name: 'around', cidr: '2001:db8:6::/60', delegates: 64 })
  const four = await createAddressPool(admin(), { name: 'beside', cidr: '198.51.100.0/29' })
  const hosts = [
    await makeHost(world.provider, 'late-six', { address: '2001:db8:6::77' }),
    await makeHost(world.provider, 'late-six-2', { address: '2001:db8:6:2::1' }),
    await makeHost(world.provider, 'late-four', { address: '198.51.100.1' }),
  ]
  expect(await take(six.id)).toBe('2001:db8:6:1::/64')
  expect(await take(six.id)).toBe('2001:db8:6:3::/64')
  expect(await take(four.id)).toBe('198.51.100.2')
  await db().host.deleteMany({ where: { id: { in: hosts } } })
})

test('many at once get networks of their own, the lowest ones', async () => {
  const { id } = await createAddressPool(admin(), { name: 'rush', cidr: '2001:db8:7::/56', delegates: 64 })
  const taken = await Promise.all(Array.from({ length: 12 }, () => take(id)))
  const expected = Array.from({ length: 12 }, (_, index) =>
    index === 0 ? '2001:db8:7::/64' : `2001:db8:7:${index.toString(16)}::/64`,
  )
  expect([...taken].sort()).toEqual([...expected].sort())
})

test('what one VE is promised in one go is not promised twice', async () => {
  const { id } = await createAddressPool(admin(), { name: 'pair', cidr: '203.0.113.0/31' })
  await transaction(async (tx) => {
    await lockAllocation(tx)
    const pools = (await readPools(tx)).filter((pool) => pool.id === id)
    const source = await addressSource(tx, pools)
    expect((await source.next(pools))?.address).toBe('203.0.113.0')
    expect((await refusal(source.claim('203.0.113.0', 'routed', 'addresses.0'))).fields).toEqual({
      'addresses.0': 'This address is given twice.',
    })
    expect((await source.claim('203.0.113.1', 'routed', 'addresses.0')).address).toBe('203.0.113.1')
    expect(await source.next(pools)).toBeNull()
  })
})

test('a pool serves the hosts that it is bound to, by themselves or by group, else all: the more particular first', async () => {
  const grouped = await makeHost(world.provider, 'grouped')
  const group = await createHostGroup(admin(), { name: 'group', hostIds: [grouped] })
  const cidr = (third: number) => ({ cidr: `10.30.${third}.0/24` })
  await createAddressPool(admin(), { name: 'bound', ...cidr(1), hostIds: [world.hosts.one] })
  await createAddressPool(admin(), { name: 'by-group', ...cidr(2), groupIds: [group.id] })
  await createAddressPool(admin(), {
    name: 'by-both',
    ...cidr(3),
    hostIds: [world.hosts.one],
    groupIds: [group.id],
  })
  const these = ['pool', 'bound', 'by-group', 'by-both']
  const pools = (await readPools(db())).filter(({ name }) => these.includes(name))
  const serving = (id: string, groupId: string | null) =>
    poolsServing(pools, { id, groupId }).map(({ name }) => name)
  expect(serving(world.hosts.one, null)).toEqual(['bound', 'by-both', 'pool'])
  expect(serving(grouped, group.id)).toEqual(['by-group', 'by-both', 'pool'])
  expect(serving(world.hosts.two, null)).toEqual(['pool'])
})

test('a claim says why not: no pool, another host’s, another kind’s, within a network', async () => {
  await createAddressPool(admin(), { name: 'far', cidr: '10.40.0.0/24', hostIds: [world.hosts.two] })
  await createAddressPool(admin(), { name: 'bridge', cidr: '10.41.0.0/24', kind: 'bridged', bridge: 'br0' })
  const claim = (address: string) =>
    transaction(async (tx) => {
      const source = await addressSource(
        tx,
        poolsServing(await readPools(tx), { id: world.hosts.one, groupId: null }),
      )
      return source.claim(address, 'routed', 'addresses.3')
    })
  const said = async (address: string) => (await refusal(claim(address))).fields?.['addresses.3']
  expect(await said('192.168.7.7')).toBe('This address is in no address pool.')
  expect(await said('10.40.0.7')).toBe('The pool of this address does not serve the host of the VE.')
  expect(await said('10.41.0.7')).toBe('The pool of this address is for bridged interfaces.')
  expect(await said('2001:db8:5:2::7')).toBe('The pool of this address gives out whole /64 networks.')
  expect(await said('2001:db8:5:9::7')).toBe('This address is in no address pool.')
})

// Two gaps each: the plan is looked at once the first is filled.
test('reads what is held only as far as the first gap', async () => {
  const four = await createAddressPool(admin(), { name: 'long-four', cidr: '10.60.0.0/17' })
  const six = await createAddressPool(admin(), { name: 'long-six', cidr: '2001:db8:100::/44', delegates: 64 })
  await db().$executeRaw`
    INSERT INTO ve_address (id, ve_id, interface_id, pool_id, address)
    SELECT gen_random_uuid(), ${holder.veId}::uuid, ${holder.interfaceId}::uuid, ${four.id}::uuid, '10.60.0.0'::inet + number
    FROM generate_series(1, 20000) AS number WHERE number NOT IN (5, 9)`
  await db().$executeRaw`
    INSERT INTO ve_address (id, ve_id, interface_id, pool_id, address)
    SELECT gen_random_uuid(), ${holder.veId}::uuid, ${holder.interfaceId}::uuid, ${six.id}::uuid,
      ('2001:db8:100:' || to_hex(number) || '::/64')::inet
    FROM generate_series(0, 20000) AS number WHERE number NOT IN (7, 11)`
  await db().$executeRaw`ANALYZE ve_address`
  const found: (string | null)[] = []
  const looking = async (id: string) => {
    found.push(await take(id))
  }
  expect(await rowsRead(world.url, 've_address', () => looking(four.id))).toBeLessThan(50)
  expect(await rowsRead(world.url, 've_address', () => looking(six.id))).toBeLessThan(50)
  expect(found).toEqual(['10.60.0.5', '2001:db8:100:7::/64'])
})
