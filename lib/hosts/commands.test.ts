import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import { makeHost, makeTestWorld, type TestWorld } from '../http/test-world.ts'
import { addHost, probeHost, refreshHost, removeHost, retryEnrolment, upgradeHostAgent } from './commands.ts'

let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

const admin = () => world.people.admin.viewer
const password = { kind: 'password' as const, password: 'secret' }
const end = () => db().operation.updateMany({ data: { status: 'failed' } })
const operation = (id: string) => db().operation.findUniqueOrThrow({ where: { id } })

test('looking at a host stores nothing but the operation', async () => {
  const before = await db().host.count()
  const { operationId } = await probeHost(admin(), { address: 'node9.example.org', port: 22 })
  expect(await operation(operationId)).toMatchObject({
    type: 'host-probe',
    hostId: null,
    input: { address: 'node9.example.org', port: 22 },
  })
  expect(await db().host.count()).toBe(before)
})

test('a failed enrolment is tried again with the credential, once at a time', async () => {
  const failed = await makeHost(world.provider, 'failed', { status: 'failed' })
  await expect(retryEnrolment(admin(), failed)).rejects.toMatchObject({
    fields: { credential: expect.any(String) },
  })
  const { operationId } = await retryEnrolment(admin(), failed, password)
  const row = await operation(operationId)
  expect(row).toMatchObject({ type: 'host-enrol', hostId: failed, input: { hostId: failed } })
  expect(row.sealed).not.toBeNull()
  await expect(retryEnrolment(admin(), failed, password)).rejects.toMatchObject({ code: 'conflict' })
  await end()
  await expect(retryEnrolment(admin(), world.hosts.one, password)).rejects.toThrow('enrolled already')
})

test('a simulated host needs no credential', async () => {
  const { host, operationId } = await addHost(admin(), { name: 'sim', simulated: true })
  expect(host).toMatchObject({ simulated: true, status: 'enrolling', fingerprint: null })
  expect((await operation(operationId)).sealed).toBeNull()
  await end()
  await retryEnrolment(admin(), host.id)
  await end()
})

test('refresh and upgrade queue behind one another on the host', async () => {
  const first = await operation((await refreshHost(admin(), world.hosts.two)).operationId)
  const second = await operation((await upgradeHostAgent(admin(), world.hosts.two)).operationId)
  expect([first.type, second.type]).toEqual(['host-refresh', 'host-upgrade-agent'])
  expect(first.queue).toBe(second.queue)
  await end()
})

test('a host is removed once, and only by who may', async () => {
  await expect(removeHost(world.people.watcher.viewer, world.hosts.two)).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(removeHost(world.people.stranger.viewer, world.hosts.two)).rejects.toMatchObject({
    code: 'not-found',
  })
  await removeHost(admin(), world.hosts.two)
  await expect(removeHost(admin(), world.hosts.two)).rejects.toMatchObject({ code: 'conflict' })
})
