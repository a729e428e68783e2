import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { rowsRead } from '../db/test-rows-read.ts'
import {
  makeHost,
  makePool,
  makeTemplate,
  makeTestWorld,
  refusal,
  type TestWorld,
} from '../http/test-world.ts'
import { validate } from '../http/validate.ts'
import { removeTemplate } from '../templates/commands.ts'
import { createVe } from '../ves/create.ts'
import { forgetDestroyedVes } from '../ves/forget.ts'
import { listAddressHistory, listPoolHistory, listVeAddressHistory } from './history.ts'
import { type AddressHistoryQuery, addressHistoryQuery } from './history-resource.ts'

let world: TestWorld
let second: string
const ves: { id: string; interfaceId: string }[] = []

beforeAll(async () => {
  world = await makeTestWorld()
  second = await makePool('second', '10.8.0')
  for (const name of ['web', 'mail']) {
    const input = { name, hostname: 've.example.org', templateId: world.template, addresses: [] }
    const { ve } = await createVe(admin(), input)
    ves.push({ id: ve.id, interfaceId: ve.interfaces[0]?.id ?? '' })
  }
  // Day 1…9: web has .10; then mail; then web again, still. Beside it a network.
  await had(0, '10.9.0.10', 1, 3)
  await had(1, '10.9.0.10', 3, 5)
  await had(0, '10.9.0.10', 7, null)
  await had(1, '10.9.0.11', 2, null)
  await had(0, '10.8.0.10', 4, 6, second)
  await had(1, '2001:db8:5:2::/64', 4, null)
  await db().veAddress.create({
    data: { ...row(0), poolId: world.pool, address: '10.9.0.99', pending: true },
  })
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer
const day = (number: number, hour = 0) => new Date(Date.UTC(2026, 0, number, hour))
const row = (which: number) => ({ veId: ves[which]?.id ?? '', interfaceId: ves[which]?.interfaceId ?? '' })

function had(which: number, address: string, from: number, until: number | null, poolId = world.pool) {
  const releasedAt = until === null ? null : day(until)
  return db().veAddress.create({
    data: { ...row(which), poolId, address, assignedAt: day(from), releasedAt },
  })
}

const ask = async (query: object = {}) =>
  (await listAddressHistory(admin(), validate(addressHistoryQuery, query))).items
const told = async (query: object) =>
  (await ask(query)).map(({ ve, address, from }) => `${ve.name} ${address} ${new Date(from).getUTCDate()}`)

describe('who had an address', () => {
  test('newest first, with what is held still open', async () => {
    const [first, ...rest] = await ask({ address: '10.9.0.10' })
    expect(first).toMatchObject({
      address: '10.9.0.10',
      ve: { name: 'web', destroyed: false },
      pool: { name: 'pool' },
      ifname: 'eth0',
      from: day(7).toISOString(),
      until: null,
    })
    expect(rest.map(({ ve }) => ve.name)).toEqual(['mail', 'web'])
  })

  test('at a moment: from the first instant, not at the last', async () => {
    expect(await told({ address: '10.9.0.10', at: day(2).toISOString() })).toEqual(['web 10.9.0.10 1'])
    expect(await told({ address: '10.9.0.10', at: day(3).toISOString() })).toEqual(['mail 10.9.0.10 3'])
    expect(await told({ address: '10.9.0.10', at: day(6).toISOString() })).toEqual([])
    expect(await told({ at: day(4, 12).toISOString() })).toEqual([
      'mail 2001:db8:5:2::/64 4',
      'web 10.8.0.10 4',
      'mail 10.9.0.10 3',
      'mail 10.9.0.11 2',
    ])
  })

  test('also out of a network that was given as a whole', async () => {
    expect(await told({ address: '2001:db8:5:2::77' })).toEqual(['mail 2001:db8:5:2::/64 4'])
    expect(await told({ address: '2001:DB8:5:2::/64' })).toEqual(['mail 2001:db8:5:2::/64 4'])
    expect(await told({ address: '2001:db8:5:3::77' })).toEqual([])
  })

  test('of a pool, of a VE, and not what is only reserved', async () => {
    expect((await listPoolHistory(admin(), second)).items).toHaveLength(1)
    expect((await listPoolHistory(admin(), world.pool, { veId: ves[0]?.id })).items).toHaveLength(2)
    expect((await listVeAddressHistory(admin(), ves[0]?.id ?? '')).items).toHaveLength(3)
    expect(await told({ address: '10.9.0.99' })).toEqual([])
  })

  test('what is no address or time is refused', async () => {
    expect((await refusal(ask({ address: 'web' }))).fields).toHaveProperty('address')
    expect((await refusal(ask({ at: 'noon' }))).fields).toHaveProperty('at')
    expect((await refusal(ask({ cursor: 'x' }))).fields).toHaveProperty('cursor')
  })
})

test('pages follow on each other without gap or repetition', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await listAddressHistory(admin(), { limit: 2, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.next
  } while (cursor)
  expect(seen).toEqual((await ask()).map(({ id }) => id))
  expect(seen).toHaveLength(6)
})

test('pools are the provider’s; of a VE whoever may see it, and others do not learn of it', async () => {
  const { customer, stranger } = world.people
  expect((await refusal(listAddressHistory(customer.viewer))).code).toBe('forbidden')
  expect((await refusal(listPoolHistory(customer.viewer, world.pool))).code).toBe('forbidden')
  expect((await refusal(listPoolHistory(admin(), randomUUID()))).code).toBe('not-found')
  const input = { name: 'own', hostname: 've.example.org', templateId: world.template }
  const { ve } = await createVe(customer.viewer, input)
  expect((await listVeAddressHistory(customer.viewer, ve.id)).items).toHaveLength(1)
  const other = await refusal(listVeAddressHistory(stranger.viewer, ve.id))
  expect(other.toJson()).toEqual(
    (await refusal(listVeAddressHistory(stranger.viewer, randomUUID()))).toJson(),
  )
})

test('outlives the VE’s row, which goes with its template or host', async () => {
  const host = await makeHost(world.provider, 'going')
  const templateId = await makeTemplate(world.provider, 'going', [host])
  const input = { hostname: 've.example.org', templateId, hostId: host }
  const { ve } = await createVe(admin(), { ...input, name: 'gone', addresses: ['10.9.0.150'] })
  const live = await createVe(admin(), { ...input, name: 'lives', addresses: ['10.9.0.151'] })
  const released = { releasedAt: new Date() }
  await db().veAddress.updateMany({ where: { veId: ve.id }, data: released })
  await db().veInterface.updateMany({ where: { veId: ve.id }, data: { removedAt: new Date() } })
  await db().ve.update({ where: { id: ve.id }, data: { destroyedAt: new Date(), state: 'destroyed' } })
  await transaction((tx) => forgetDestroyedVes(tx, { hostId: host }))
  expect(await db().ve.findMany({ where: { hostId: host } })).toMatchObject([{ name: 'lives' }])
  const kept = [
    {
      address: '10.9.0.150',
      ifname: 'eth0',
      ve: { id: ve.id, name: 'gone', veid: ve.veid, destroyed: true },
    },
  ]
  expect(await ask({ address: '10.9.0.150' })).toMatchObject(kept)
  expect(await ask({ veId: ve.id })).toMatchObject(kept)
  await db().veAddress.updateMany({ where: { veId: live.ve.id }, data: released })
  await db().ve.update({ where: { id: live.ve.id }, data: { destroyedAt: new Date(), state: 'destroyed' } })
  await db().operation.updateMany({ where: { templateId }, data: { status: 'succeeded' } })
  await removeTemplate(admin(), templateId)
  expect(await ask({ address: '10.9.0.151' })).toMatchObject([{ ve: { name: 'lives', destroyed: true } }])
  expect(await db().ve.count({ where: { hostId: host } })).toBe(0)
})

describe('what it costs', () => {
  const ROWS = 20_000

  beforeAll(async () => {
    await db().$executeRaw`
      INSERT INTO ve_address (id, ve_id, interface_id, pool_id, address, assigned_at, released_at)
      SELECT gen_random_uuid(), ${ves[1]?.id}::uuid, ${ves[1]?.interfaceId}::uuid, ${second}::uuid,
        '10.8.0.0'::inet + (number % 65000), timestamptz '2025-01-01' + number * interval '1 minute',
        timestamptz '2025-01-01' + (number + 1) * interval '1 minute'
      FROM generate_series(1, ${ROWS}::int) AS number`
    await db().$executeRaw`ANALYZE ve_address`
  })

  const looked = (query: AddressHistoryQuery) =>
    rowsRead(world.url, 've_address', () => listAddressHistory(admin(), { ...query, limit: 2 }))

  test('the same, however long the history is and wherever the page lies', async () => {
    const pool = { poolId: second }
    const deep = await listAddressHistory(admin(), { ...pool, limit: 200 })
    const pages: AddressHistoryQuery[] = [
      {},
      pool,
      { veId: ves[0]?.id },
      { address: '10.8.3.7' },
      { ...pool, cursor: deep.next ?? '' },
      { ...pool, at: '2025-01-05T00:00:00Z', address: '10.8.22.128' },
    ]
    for (const page of pages) expect(await looked(page), JSON.stringify(page)).toBeLessThan(50)
  })
})
