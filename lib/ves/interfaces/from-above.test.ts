import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createAddressPool } from '../../addresses/commands.ts'
import type { Viewer } from '../../auth/viewer.ts'
import { db } from '../../db/client.ts'
import { makeHost, makeTemplate, makeTestWorld, refusal, type TestWorld } from '../../http/test-world.ts'
import { retryOperation } from '../../operations/commands.ts'
import { createVe } from '../create.ts'
import { getVe } from '../queries.ts'
import type { VeCreateInput, VeInterfaceResource } from '../resource.ts'
import { addVeInterface, removeVeInterface, updateVeInterface } from './commands.ts'

let world: TestWorld
let template: string
let count = 0
let veId: string
let eth0: VeInterfaceResource

beforeAll(async () => {
  world = await makeTestWorld()
  const host = await makeHost(world.provider, 'lan', { facts: { bridges: ['br0'] } })
  template = await makeTemplate(world.provider, 'lan', [host])
  await createAddressPool(world.people.admin.viewer, {
    kind: 'bridged',
    bridge: 'br0',
    name: 'link4',
    cidr: '192.0.2.0/24',
  })
})
afterAll(() => world.close())
beforeEach(async () => {
  veId = await make({})
  eth0 = (await getVe(customer(), veId)).interfaces[0] as VeInterfaceResource
})

const customer = () => world.people.customer.viewer
const above = () => world.people.reseller.viewer

/** A VE of the customer. */
async function make(more: Partial<VeCreateInput>, viewer: Viewer = customer()): Promise<string> {
  count += 1
  const input = { name: `ve-${count}`, hostname: 've.example.org', templateId: template, ...more }
  const { ve, operationId } = await createVe(viewer, input)
  await db().operation.update({ where: { id: operationId }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'stopped' } })
  return ve.id
}

const RATE = { inBits: 8_000_000, outBits: 8_000_000 }
const UNLIMITED = { inBits: null, outBits: null }
const limit = () =>
  db().veInterface.update({ where: { id: eth0.id }, data: { rateInBits: 8_000_000, rateOutBits: 8_000_000 } })
const update = (viewer: Viewer, input: Parameters<typeof updateVeInterface>[3]) =>
  updateVeInterface(viewer, veId, eth0.id, input)
const changeOf = async (operationId: string) => {
  const { input } = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
  return (input as { change: { interfaces: { set: object[] } } }).change.interfaces.set[0]
}

test('a rate is set and lifted from above only; the form that sends it unchanged sets nothing', async () => {
  await limit()
  for (const rate of [UNLIMITED, { ...RATE, outBits: null }, { ...RATE, inBits: 9_000_000 }])
    expect(await refusal(update(customer(), { rate }))).toMatchObject({
      code: 'forbidden',
      fields: { rate: expect.any(String) },
    })
  expect(await changeOf((await update(customer(), { rate: RATE })).operationId)).not.toHaveProperty('rate')
  const { operationId } = await update(above(), { rate: UNLIMITED })
  expect(await changeOf(operationId)).toMatchObject({ rate: UNLIMITED })
})

test('who gave an interface what is on record', async () => {
  const { interfaceId } = await addVeInterface(above(), veId, { kind: 'routed', addresses: ['10.9.0.199'] })
  await db().veInterface.update({ where: { id: interfaceId }, data: { pending: false } })
  await update(above(), { rate: RATE, addresses: [] })
  await removeVeInterface(above(), veId, interfaceId)
  const events = await db().auditEvent.findMany({
    where: { veId, action: 've-interfaces' },
    orderBy: { id: 'asc' },
  })
  expect(events.map(({ details }) => details)).toEqual([
    { added: 'eth1', addresses: ['10.9.0.199'] },
    {
      changed: 'eth0',
      released: eth0.addresses.map(({ address }) => address),
      rateInBits: 8_000_000,
      rateOutBits: 8_000_000,
    },
    { removed: 'eth1' },
  ])
  expect(events[0]).toMatchObject({ actorName: 'Rae Reseller' })
})

test('nor is it got round by another interface', async () => {
  await limit()
  const another = { kind: 'routed' as const, addresses: [] }
  expect((await refusal(addVeInterface(customer(), veId, another))).code).toBe('forbidden')
  expect((await refusal(removeVeInterface(customer(), veId, eth0.id))).code).toBe('forbidden')
  expect((await addVeInterface(above(), veId, another)).operationId).toBeTruthy()
  expect((await removeVeInterface(above(), veId, eth0.id)).operationId).toBeTruthy()
})

test('a new interface, also of a new VE, gets its rate from above', async () => {
  const limited = { kind: 'routed' as const, addresses: [], rate: RATE }
  expect(await refusal(make({ interfaces: [limited] }))).toMatchObject({
    code: 'forbidden',
    fields: { 'interfaces.0.rate': expect.any(String) },
  })
  expect(await make({ interfaces: [{ ...limited, rate: UNLIMITED }] })).toBeTruthy()
  expect((await refusal(addVeInterface(customer(), veId, limited))).code).toBe('forbidden')
})

test('one address of each family is the owner’s to take, more come from above', async () => {
  const [first = ''] = eth0.addresses.map(({ address }) => address)
  const more = { addresses: [first, '10.9.0.150'] }
  expect(await refusal(update(customer(), more))).toMatchObject({
    code: 'forbidden',
    fields: { addresses: expect.stringContaining('more than one IPv4 address') },
  })
  expect((await refusal(addVeInterface(customer(), veId, { kind: 'routed' }))).code).toBe('forbidden')
  expect((await refusal(make({ addresses: ['10.9.0.151', '10.9.0.152'] }))).code).toBe('forbidden')
  const split = ['10.9.0.151', '10.9.0.152'].map((one) => ({ kind: 'routed' as const, addresses: [one] }))
  expect((await refusal(make({ interfaces: split }))).code).toBe('forbidden')
  // Another one instead, and what was given from above, are no more than there are.
  expect((await update(customer(), { addresses: ['10.9.0.153'] })).operationId).toBeTruthy()
  expect((await update(above(), more)).operationId).toBeTruthy()
})

test('a VE is put on a bridge from above', async () => {
  const bridged = { kind: 'bridged' } as const
  expect(await refusal(addVeInterface(customer(), veId, bridged))).toMatchObject({
    code: 'forbidden',
    fields: { kind: expect.any(String) },
  })
  expect((await refusal(make({ interfaces: [bridged] }))).code).toBe('forbidden')
  expect((await addVeInterface(above(), veId, bridged)).operationId).toBeTruthy()
})

test('what was lifted from above and failed is not lifted by those below, who only try it again', async () => {
  await limit()
  const { operationId } = await update(above(), { rate: UNLIMITED })
  await db().operation.update({ where: { id: operationId }, data: { status: 'failed', endedAt: new Date() } })
  expect((await refusal(retryOperation(customer(), operationId))).code).toBe('forbidden')
  expect((await retryOperation(above(), operationId)).operationId).not.toBe(operationId)
})
