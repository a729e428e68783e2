import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import { GIB } from '../contract/units.ts'
import { ID_RANGE_SIZE } from '../contract/ve-spec.ts'
import { db } from '../db/client.ts'
import { makeHost, makePool, makeTemplate, makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { createVe } from './create.ts'
import type { VeCreateInput } from './resource.ts'

let world: TestWorld
let count = 0

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

/** A VE that can be created, with a name of its own. */
function input(more: Partial<VeCreateInput> = {}): VeCreateInput {
  count += 1
  return { name: `ve-${count}`, hostname: 've.example.org', templateId: world.template, ...more }
}
const create = (more: Partial<VeCreateInput> = {}) => createVe(world.people.admin.viewer, input(more))

async function refused(more: Partial<VeCreateInput>, viewer = world.people.admin.viewer): Promise<Problem> {
  const error = await createVe(viewer, input(more)).then(
    () => null,
    (thrown) => thrown,
  )
  expect(error).toBeInstanceOf(Problem)
  return error as Problem
}

test('gives number, id range, address and host, and queues the creation with the secret sealed', async () => {
  const { ve, operationId } = await create({ rootPassword: 'correct horse', start: true })
  expect(ve).toMatchObject({
    state: 'creating',
    host: { name: 'node1' },
    limits: { memoryBytes: GIB / 2, cpuLimitPercent: null },
  })
  expect(ve.veid).toBeGreaterThanOrEqual(101)
  expect(ve.addresses).toHaveLength(1)
  const operation = await db().operation.findUniqueOrThrow({ where: { id: operationId } })
  expect(operation).toMatchObject({
    type: 've-create',
    status: 'queued',
    veId: ve.id,
    input: { veId: ve.id, start: true },
  })
  expect(operation.sealed).not.toBeNull()
  expect(JSON.stringify(operation.input)).not.toContain('horse')
})

test('many at once get numbers, ranges and addresses of their own', async () => {
  const created = await Promise.all(Array.from({ length: 12 }, () => create()))
  const rows = await db().ve.findMany({ where: { id: { in: created.map(({ ve }) => ve.id) } } })
  const distinct = (values: unknown[]) => new Set(values.map(String)).size
  expect(distinct(rows.map((row) => row.veid))).toBe(12)
  expect(distinct(rows.map((row) => row.idBase))).toBe(12)
  expect(distinct(created.flatMap(({ ve }) => ve.addresses))).toBe(12)
  for (const row of rows) expect(Number(row.idBase) % ID_RANGE_SIZE).toBe(0)
})

test('of two at once with one name, number or address, one is told beside the field', async () => {
  for (const same of [{ name: 'twin' }, { veid: 5000 }, { addresses: ['10.9.0.150'] }]) {
    const results = await Promise.allSettled([create(same), create(same)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = results.find((result) => result.status === 'rejected')?.reason as Problem
    const field = Object.keys(same)[0] as string
    expect(Object.keys(lost.fields ?? {})[0]).toMatch(new RegExp(`^${field}`))
  }
})

test('names are told apart without regard to letter case, among live VEs of the account', async () => {
  await create({ name: 'Web' })
  expect((await refused({ name: 'wEB' })).fields).toEqual({ name: 'Another VE has this name.' })
  await db().ve.updateMany({ where: { name: 'Web' }, data: { destroyedAt: new Date(), state: 'destroyed' } })
  expect((await create({ name: 'web' })).ve.name).toBe('web')
})

test('the lowest number that is free is given again, with a higher epoch than before', async () => {
  const { ve } = await create()
  await db().ve.update({
    where: { id: ve.id },
    data: { destroyedAt: new Date(), state: 'destroyed', epoch: 7 },
  })
  const again = await create({ veid: ve.veid })
  expect(await db().ve.findUniqueOrThrow({ where: { id: again.ve.id } })).toMatchObject({ epoch: 8 })
})

test('a number or an address that is taken is refused by its own code', async () => {
  const { ve } = await create()
  expect((await refused({ veid: ve.veid })).code).toBe('veid-taken')
  expect((await refused({ addresses: ve.addresses })).code).toBe('address-taken')
})

test('addresses have to be in a pool, once each; none at all may be asked for', async () => {
  expect((await refused({ addresses: ['192.0.2.1'] })).fields).toEqual({
    'addresses.0': 'This address is in no address pool.',
  })
  expect((await refused({ addresses: ['10.9.0.200', '10.9.0.200'] })).fields).toEqual({
    'addresses.1': 'This address is given twice.',
  })
  expect((await create({ addresses: [] })).ve.addresses).toEqual([])
})

test('an unknown template or host is an error of its field', async () => {
  const nobody = '00000000-0000-4000-8000-000000000000'
  expect((await refused({ templateId: nobody })).fields).toHaveProperty('templateId')
  expect((await refused({ hostId: nobody })).fields).toHaveProperty('hostId')
})

test('a host that is full, of another architecture, or without the template says so', async () => {
  expect((await refused({ hostId: world.hosts.one, limits: { memoryBytes: 1000 * GIB } })).code).toBe(
    'host-full',
  )
  expect((await refused({ hostId: world.hosts.two })).code).toBe('template-not-ready')
  const power = await makeHost(world.provider, 'power', { arch: 'ppc64le' })
  expect((await refused({ hostId: power })).code).toBe('architecture-mismatch')
  const off = await makeHost(world.provider, 'off', { status: 'offline' })
  expect((await refused({ hostId: off })).detail).toContain('off is offline')
})

test('storage is an image unless something else is wished that the host has', async () => {
  expect((await create()).ve.storage).toBe('image')
  const reason = '/vz is xfs, not btrfs.'
  const { id, capabilities } = await db().host.findFirstOrThrow({ where: { name: 'node1' } })
  const lacking = { ...(capabilities as object), 'storage-btrfs': { available: false, reason } }
  await db().host.update({ where: { id }, data: { capabilities: lacking } })
  const problem = await refused({ storage: 'btrfs', hostId: id })
  expect(problem.code).toBe('capability-missing')
  expect(problem.fields?.storage).toContain(reason)
  expect((await create({ storage: 'project' })).ve.storage).toBe('project')
  const shared = { storage: 'project', kind: 'application', namespaces: ['pid'] } as const
  const application = { command: ['sleep', '9'], environment: {}, workingDirectory: '/', uid: 0, gid: 0 }
  expect((await refused({ ...shared, namespaces: ['pid'], application })).fields).toHaveProperty('storage')
})

test('what the limits of VEs promise is not promised twice', async () => {
  const tight = await makeHost(world.provider, 'tight', { memoryBytes: 2 * GIB, diskBytes: 100 * GIB })
  const templateId = await makeTemplate(world.provider, 'tight-only', [tight])
  const limits = { memoryBytes: 2 * GIB }
  await create({ templateId, hostId: tight, limits })
  expect((await refused({ templateId, hostId: tight, limits })).code).toBe('host-full')
  const nowhere = await refused({ templateId, limits })
  expect(nowhere.code).toBe('no-host-fits')
  expect(nowhere.detail).toContain('2 GiB memory asked, 1 GiB left')
})

test('without a pool that has addresses left nothing is created', async () => {
  const before = await db().ve.count()
  const held = await db().veAddress.findFirstOrThrow({ where: { releasedAt: null } })
  const tiny = await makePool('tiny', '10.8.0')
  await db().addressPool.update({ where: { id: tiny }, data: { first: '10.8.0.10', last: '10.8.0.10' } })
  await db().veAddress.create({
    data: { veId: held.veId, interfaceId: held.interfaceId, poolId: tiny, address: '10.8.0.10' },
  })
  // The first pool is emptied by letting it end where its next free address begins.
  const pool = await db().addressPool.findUniqueOrThrow({ where: { id: world.pool } })
  await db().addressPool.update({ where: { id: world.pool }, data: { last: pool.first } })
  try {
    expect((await refused({})).code).toBe('no-free-address')
    expect(await db().ve.count()).toBe(before)
  } finally {
    await db().addressPool.update({ where: { id: world.pool }, data: { last: pool.last } })
  }
})

test('the address of a host is not given out', async () => {
  const free = (await create()).ve.addresses[0] ?? ''
  const next = free.replace(/\d+$/, (last) => String(Number(last) + 1))
  await makeHost(world.provider, 'inside', { address: next })
  expect((await create()).ve.addresses[0]).not.toBe(next)
  expect((await refused({ addresses: [next] })).code).toBe('address-taken')
})

test('a customer creates from what is offered, in their own account, and learns no host names', async () => {
  const { viewer, accountId } = world.people.customer
  const { ve } = await createVe(viewer, input())
  expect(await db().ve.findUniqueOrThrow({ where: { id: ve.id } })).toMatchObject({ accountId })
  expect((await refused({ hostId: world.hosts.one }, viewer)).fields).toHaveProperty('hostId')
  const nowhere = await refused({ limits: { memoryBytes: 5000 * GIB } }, viewer)
  expect(nowhere.code).toBe('no-host-fits')
  expect(nowhere.detail).not.toContain('node')
})

test('who may only look creates nothing', async () => {
  expect((await refused({}, world.people.watcher.viewer)).code).toBe('forbidden')
})
