import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createAddressPool } from '../../addresses/commands.ts'
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { db, transaction } from '../../db/client.ts'
import { makeHost, makeTemplate, makeTestWorld, refusal, type TestWorld } from '../../http/test-world.ts'
import { validate } from '../../http/validate.ts'
import type { VeChange } from '../change.ts'
import { changedRow } from '../changed-row.ts'
import { createVe } from '../create.ts'
import { getVe } from '../queries.ts'
import { VE_SPEC_INCLUDE, veSpecOf } from '../spec.ts'
import { dropReserved, writeChange } from '../write-change.ts'
import { addVeInterface, removeVeInterface, updateVeInterface } from './commands.ts'
import { veInterfaceInput, veInterfaceUpdateInput } from './input.ts'

let world: TestWorld
let host: string
let template: string
let count = 0
let veId: string

beforeAll(async () => {
  world = await makeTestWorld()
  host = await makeHost(world.provider, 'lan', {
    facts: { bridges: ['br0'] },
    capabilities: {
      'net-rate': { available: false, reason: 'it has no tc.' },
      'net-firewall-bridged': { available: false, reason: 'the kernel lacks it.' },
    },
  })
  template = await makeTemplate(world.provider, 'lan', [host])
  const bridged = { kind: 'bridged' as const, bridge: 'br0', hostIds: [host] }
  await createAddressPool(admin(), { ...bridged, name: 'link4', cidr: '192.0.2.0/24', gateway: '192.0.2.1' })
  await createAddressPool(admin(), {
    ...bridged,
    name: 'link6',
    cidr: '2001:db8:2::/64',
    gateway: '2001:db8:2::1',
  })
  await createAddressPool(admin(), { ...bridged, name: 'more4', cidr: '198.51.100.0/24' })
  await createAddressPool(admin(), { ...bridged, name: 'tagged', vlan: 7, cidr: '203.0.113.0/24' })
  await createAddressPool(admin(), { name: 'nets', cidr: '2001:db8:64::/56', delegates: 64 })
})
afterAll(() => world.close())
beforeEach(async () => {
  veId = await makeVe({})
})

const admin = () => world.people.admin.viewer
const poolId = async (name: string) => (await db().addressPool.findUniqueOrThrow({ where: { name } })).id

/** A VE that was created and stopped since. */
async function makeVe(more: object, viewer = admin()): Promise<string> {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: template, ...more }
  const { ve, operationId } = await createVe(viewer, input as never)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  return ve.id
}

const add = async (input: object, on = veId, viewer = admin()) =>
  addVeInterface(viewer, on, validate(veInterfaceInput, input))
const update = async (id: string, input: object, on = veId, viewer = admin()) =>
  updateVeInterface(viewer, on, id, validate(veInterfaceUpdateInput, input))
const remove = async (id: string, on = veId, viewer = admin()) => removeVeInterface(viewer, on, id)
const interfaces = async (on = veId) => (await getVe(admin(), on)).interfaces
const addressesOf = async (id: string) =>
  (await interfaces()).find((each) => each.id === id)?.addresses.map(({ address }) => address)

const SEEN = { state: 'stopped', startedAt: null } as ObservedVe

/** What the worker does when an operation has ended. */
async function end(operationId: string, succeeded: boolean): Promise<void> {
  const { input } = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
  const { change } = input as { change: VeChange }
  await transaction(async (tx) => {
    if (succeeded) await writeChange(tx, veId, change, SEEN)
    else await dropReserved(tx, change)
    const status = succeeded ? 'succeeded' : 'failed'
    await tx.operation.update({ where: { id: operationId }, data: { status } })
  })
}

/** What the host is told: as it is, and as the operation is to leave it. */
async function specs(operationId?: string) {
  const row = await db().ve.findUniqueOrThrow({ where: { id: veId }, include: VE_SPEC_INCLUDE })
  if (!operationId) return veSpecOf(row).interfaces
  const { input } = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
  return veSpecOf(changedRow(row, (input as { change: VeChange }).change)).interfaces
}

describe('adding', () => {
  test('reserves at once, counts when the host has it', async () => {
    const { interfaceId, operationId } = await add({ kind: 'bridged' })
    const operation = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(operation).toMatchObject({
      type: 've-configure',
      veId,
      title: expect.stringContaining('Add eth1 to'),
    })
    expect((await interfaces())[1]).toMatchObject({
      id: interfaceId,
      pending: true,
      ifname: 'eth1',
      gateway4: null,
    })
    expect((await getVe(admin(), veId)).addresses).toHaveLength(1)
    expect(await specs()).toHaveLength(1)
    const [, second] = await specs(operationId)
    expect(second).toMatchObject({
      kind: 'bridged',
      ifname: 'eth1',
      bridge: 'br0',
      networks: expect.any(Array),
    })
    await end(operationId, true)
    expect((await interfaces())[1]).toMatchObject({ pending: false })
    expect(await specs()).toMatchObject([{ ifname: 'eth0' }, second as object])
  })

  test('that comes to nothing leaves nothing', async () => {
    const before = await db().veAddress.count()
    const first = await add({ kind: 'bridged', ifname: 'lan', addresses: ['192.0.2.77'] })
    expect((await refusal(add({ kind: 'bridged', addresses: ['192.0.2.77'] }))).code).toBe('address-taken')
    await end(first.operationId, false)
    expect(await db().veAddress.count()).toBe(before)
    expect(await interfaces()).toHaveLength(1)
    const again = await add({ kind: 'bridged', ifname: 'lan', addresses: ['192.0.2.77'] })
    await end(again.operationId, true)
    await end((await remove(again.interfaceId)).operationId, true)
  })

  test('two that wait keep apart: each host is told of what was asked for before', async () => {
    const [one, two] = [
      await add({ kind: 'routed', addresses: [] }),
      await add({ kind: 'routed', addresses: [] }),
    ]
    expect((await interfaces()).map(({ ifname, index }) => [ifname, index])).toEqual([
      ['eth0', 0],
      ['eth1', 1],
      ['eth2', 2],
    ])
    expect((await specs(one.operationId)).map(({ ifname }) => ifname)).toEqual(['eth0', 'eth1'])
    await end(one.operationId, true)
    await end(two.operationId, false)
    expect((await specs()).map(({ ifname }) => ifname)).toEqual(['eth0', 'eth1'])
  })

  test('of many at once each gets a place, a name and an address of its own', async () => {
    const added = await Promise.all(Array.from({ length: 8 }, () => add({ kind: 'bridged' })))
    const rows = (await interfaces()).slice(1)
    const distinct = (values: unknown[]) => new Set(values).size
    expect(distinct(rows.map(({ index }) => index))).toBe(8)
    expect(distinct(rows.map(({ ifname }) => ifname))).toBe(8)
    expect(distinct(rows.map(({ mac }) => mac))).toBe(8)
    expect(distinct(rows.flatMap(({ addresses }) => addresses.map(({ address }) => address)))).toBe(16)
    for (const { operationId } of added) await end(operationId, false)
  })

  test.each([
    ['a name that it has', { kind: 'routed', ifname: 'eth0' }, 'ifname'],
    ['the name that a device of the host has inside', { kind: 'routed', ifname: 'nic0' }, 'ifname'],
    ['a second default route', { kind: 'bridged', gateway4: '192.0.2.1' }, 'gateway4'],
    ['a rate that the host cannot limit', { kind: 'routed', rate: { inBits: 1e6, outBits: null } }, 'rate'],
    ['an unknown kind', { kind: 'macvlan' }, 'kind'],
  ])('refuses %s', async (_, input, field) => {
    const device = { device: 'enp9s0', ifname: 'nic0' }
    await db().ve.update({ where: { id: veId }, data: { networkDevices: [device] } })
    expect(Object.keys((await refusal(add(input))).fields ?? {})).toEqual([field])
    expect(await interfaces()).toHaveLength(1)
  })

  test('refuses more than sixteen', async () => {
    const sixteen = Array.from({ length: 16 }, () => ({ kind: 'routed', addresses: [] }))
    const full = await makeVe({ interfaces: sixteen })
    expect((await refusal(add({ kind: 'routed', addresses: [] }, full))).fields).toEqual({
      kind: 'A VE has at most 16 interfaces.',
    })
  })

  test('refuses a bridged one where the firewall is on and the host has none for bridges', async () => {
    const firewall = { enabled: true, policyIn: 'drop', policyOut: 'accept', entries: [] }
    await db().ve.update({ where: { id: veId }, data: { firewall } })
    expect(await refusal(add({ kind: 'bridged' }))).toMatchObject({
      code: 'capability-missing',
      detail: 'lan has no firewall for bridged interfaces: the kernel lacks it.',
    })
  })

  test('refuses any where the network is the host’s', async () => {
    await db().ve.update({ where: { id: veId }, data: { namespaces: ['pid', 'user'] } })
    expect((await refusal(add({ kind: 'routed' }))).fields).toHaveProperty('kind')
  })
})

describe('changing', () => {
  test('addresses: what is new is reserved, what is left out is given back when it is done', async () => {
    const [eth0] = await interfaces()
    const [before] = (await addressesOf(eth0?.id ?? '')) ?? []
    const { operationId } = await update(eth0?.id ?? '', { addresses: ['10.9.0.201', '10.9.0.202'] })
    expect(await specs()).toMatchObject([{ addresses: [before] }])
    expect(await specs(operationId)).toMatchObject([{ addresses: ['10.9.0.201', '10.9.0.202'] }])
    expect((await refusal(makeVe({ addresses: [before] }))).code).toBe('address-taken')
    await end(operationId, true)
    expect(await addressesOf(eth0?.id ?? '')).toEqual(['10.9.0.201', '10.9.0.202'])
    await makeVe({ addresses: [before] })
    // One that is held already may be written otherwise; refusals name the place that was sent.
    const taken = await refusal(update(eth0?.id ?? '', { addresses: ['10.9.0.201', before] }))
    expect(Object.keys(taken.fields ?? {})).toEqual(['addresses.1'])
    const twice = await refusal(update(eth0?.id ?? '', { addresses: ['10.9.0.201', '10.9.0.201'] }))
    expect(Object.keys(twice.fields ?? {})).toEqual(['addresses.1'])
  })

  test('what fails leaves the addresses as they were', async () => {
    const [eth0] = await interfaces()
    const before = await addressesOf(eth0?.id ?? '')
    const { operationId } = await update(eth0?.id ?? '', { addresses: ['10.9.0.203'], delegate: true })
    await end(operationId, false)
    expect(await addressesOf(eth0?.id ?? '')).toEqual(before)
    await makeVe({ addresses: ['10.9.0.203'] })
  })

  test('a network comes and goes as it is asked for', async () => {
    const id = (await interfaces())[0]?.id ?? ''
    await end((await update(id, { delegate: true })).operationId, true)
    const prefixes = async () => (await interfaces())[0]?.prefixes.map(({ address }) => address)
    expect(await prefixes()).toEqual(['2001:db8:64::/64'])
    await end((await update(id, { delegate: true })).operationId, true)
    expect(await prefixes()).toHaveLength(1)
    await end((await update(id, { poolIds: [await poolId('nets')] })).operationId, true)
    expect(await prefixes()).toEqual(['2001:db8:64::/64', '2001:db8:64:1::/64'])
    await end((await update(id, { delegate: false })).operationId, true)
    expect(await prefixes()).toEqual([])
  })

  test('networks and gateways of a bridged one follow its addresses', async () => {
    const bridgedVe = await makeVe({ interfaces: [{ kind: 'bridged' }] })
    veId = bridgedVe
    const id = (await interfaces())[0]?.id ?? ''
    await end((await update(id, { poolIds: [await poolId('more4')] })).operationId, true)
    expect((await interfaces())[0]).toMatchObject({
      networks: ['192.0.2.0/24', '2001:db8:2::/64', '198.51.100.0/24'],
      gateway4: '192.0.2.1',
      gateway6: '2001:db8:2::1',
    })
    const four = ((await addressesOf(id)) ?? []).filter((address) => !address.includes(':'))
    await end((await update(id, { addresses: four })).operationId, true)
    expect((await interfaces())[0]).toMatchObject({ gateway4: '192.0.2.1', gateway6: null })
    await end((await update(id, { gateway4: '198.51.100.254' })).operationId, true)
    expect((await interfaces())[0]).toMatchObject({ gateway4: '198.51.100.254' })
    const fieldsOf = async (input: object) => Object.keys((await refusal(update(id, input))).fields ?? {})
    expect(await fieldsOf({ gateway6: '2001:db8:2::1' })).toEqual(['gateway6'])
    expect(await fieldsOf({ gateway4: '203.0.113.1' })).toEqual(['gateway4'])
    expect(await fieldsOf({ poolIds: [await poolId('tagged')] })).toEqual(['addresses'])
    expect(await fieldsOf({ delegate: true })).toEqual(['delegate'])
  })

  test('a gateway that would be the second, and one of a routed interface, are refused', async () => {
    const second = await add({ kind: 'bridged', gateway4: null })
    await end(second.operationId, true)
    const refused = await refusal(update(second.interfaceId, { gateway4: '192.0.2.1' }))
    expect(Object.keys(refused.fields ?? {})).toEqual(['gateway4'])
    const [eth0] = await interfaces()
    expect((await refusal(update(eth0?.id ?? '', { gateway4: '10.9.0.1' }))).fields).toHaveProperty(
      'gateway4',
    )
    // Once the routed one has no address of the family any more, it may.
    await end((await update(eth0?.id ?? '', { addresses: [] })).operationId, true)
    await end((await update(second.interfaceId, { gateway4: '192.0.2.1' })).operationId, true)
    expect((await refusal(update(eth0?.id ?? '', { addresses: ['10.9.0.205'] }))).fields).toHaveProperty(
      'addresses',
    )
  })

  test('a rate alone', async () => {
    await db().host.update({ where: { id: host }, data: { capabilities: {} } })
    const id = (await interfaces())[0]?.id ?? ''
    const { operationId } = await update(id, { rate: { inBits: 8_000_000, outBits: null } })
    expect(await specs(operationId)).toMatchObject([{ rate: { inBits: 8_000_000, outBits: null } }])
    await end(operationId, true)
    expect((await interfaces())[0]).toMatchObject({ rate: { inBits: 8_000_000, outBits: null } })
  })
})

describe('taking away', () => {
  test('gives addresses back when the host has let go, not before', async () => {
    const [eth0] = await interfaces()
    const [address = ''] = (await addressesOf(eth0?.id ?? '')) ?? []
    const { operationId } = await remove(eth0?.id ?? '')
    expect(await interfaces()).toHaveLength(1)
    expect(await specs(operationId)).toEqual([])
    expect((await refusal(makeVe({ addresses: [address] }))).code).toBe('address-taken')
    await end(operationId, true)
    expect(await interfaces()).toEqual([])
    expect((await refusal(remove(eth0?.id ?? ''))).code).toBe('not-found')
    expect(await makeVe({ addresses: [address] })).toBeTruthy()
  })

  test('what is only on its way is left alone', async () => {
    const { interfaceId, operationId } = await add({ kind: 'routed', addresses: [] })
    expect((await refusal(remove(interfaceId))).code).toBe('conflict')
    expect((await refusal(update(interfaceId, { addresses: [] }))).code).toBe('conflict')
    await end(operationId, false)
  })
})

test('who may: operators of the account; others do not learn that there is such a VE', async () => {
  const { customer, stranger, watcher } = world.people
  const own = await makeVe({}, customer.viewer)
  const { interfaceId } = await add({ kind: 'routed', addresses: [] }, own, customer.viewer)
  const input = { kind: 'routed', addresses: [] }
  const other = await refusal(add(input, own, stranger.viewer))
  const nobody = await refusal(add(input, '00000000-0000-4000-8000-000000000000', stranger.viewer))
  expect(other.toJson()).toEqual(nobody.toJson())
  expect((await refusal(add(input, own, watcher.viewer))).code).toBe('forbidden')
  // Another VE's interface is not this one's.
  expect((await refusal(remove(interfaceId))).code).toBe('not-found')
  await db().ve.update({ where: { id: veId }, data: { state: 'failed' } })
  expect((await refusal(add(input))).code).toBe('ve-state-forbids')
})
