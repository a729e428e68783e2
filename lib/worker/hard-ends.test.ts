/** Ends that would leave something for ever: what cannot be written down, given up, tried again, or removed. */
import { generateKeyPairSync } from 'node:crypto'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Problem } from '../contract/problem.ts'
import { db, transaction } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'
import { releaseOperation, retryOperation } from '../operations/control.ts'
import { problemColumn } from '../operations/problem-column.ts'
import { Hosts } from './hosts.ts'
import { LiveOperations } from './live-operations.ts'
import { registerWorker } from './presence.ts'
import { runOperation } from './run-operation.ts'
import { sagaOf } from './sagas.ts'
import type { SshHosts } from './ssh-hosts.ts'
import { ACTOR, enqueueOnVe, makeFleet, makeVe, readOperation, useTestDatabase } from './test-fleet.ts'

let database: { drop(): Promise<void> }
beforeAll(async () => {
  database = await useTestDatabase()
})
afterAll(() => database.drop())

const host = (id: string) => db().host.findUnique({ where: { id } })

test('a problem with characters that PostgreSQL refuses is written down all the same', async () => {
  const { hostId } = await makeFleet()
  const context = { stderrTail: 'half \ud83d' }
  const problem = problemColumn(new Problem('agent-failed', 'It said \0.', { context }))
  await db().host.update({ where: { id: hostId }, data: { problem } })
  expect(await host(hostId)).toMatchObject({ problem: { detail: 'It said \ufffd.' } })
})

test('an operation that begins while its worker stops is interrupted at once', () => {
  const live = new LiveOperations(crypto.randomUUID())
  live.interruptAll()
  const { forward, interrupt } = live.add('one', new Date())
  expect(forward.signal.reason).toMatchObject({ reason: 'shutdown' })
  expect(interrupt.signal.aborted).toBe(true)
})

test('a fault that stays ends an operation as stuck, and its VE can be destroyed', async () => {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'unreadable')
  const id = await enqueueOnVe(fleet, ve.id, 've-create', { start: false })
  // Sealed to a key that is lost: it fails before the saga begins, and will at every try.
  const sealed = new Uint8Array(100)
  await db().operation.update({ where: { id }, data: { sealed } })
  const workerId = await registerWorker()
  const live = new LiveOperations(workerId)
  const hosts = new Hosts({} as SshHosts)
  const { privateKey } = generateKeyPairSync('x25519')
  const worker = {
    id: workerId,
    log: pino({ level: 'silent' }),
    hosts,
    live,
    aside: new Set<never>(),
    sealingKey: privateKey,
  }
  await runOperation(worker, id)
  expect(await readOperation(id)).toMatchObject({ status: 'running', workerId: null })
  await db().operation.update({ where: { id }, data: { deadlineAt: new Date(0) } })
  await runOperation(worker, id)
  expect(await readOperation(id)).toMatchObject({ status: 'stuck', problem: { code: 'internal' } })
  expect(await db().ve.findUnique({ where: { id: ve.id } })).toMatchObject({ state: 'failed' })
})

test('a VE whose start was stuck is as it was seen last once that is released, not only to be destroyed', async () => {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'released', 'stopped')
  const id = await enqueueOnVe(fleet, ve.id, 've-start')
  await db().operation.update({ where: { id }, data: { status: 'stuck' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'failed', observed: { state: 'stopped' } } })
  await transaction((tx) => releaseOperation(tx, id, ACTOR, 'the host is back'))
  expect(await db().ve.findUnique({ where: { id: ve.id } })).toMatchObject({ state: 'stopped' })
  expect(await readOperation(id)).toMatchObject({ status: 'failed' })
})

test('undoing what is stuck waits for what works on the VE now', async () => {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'busy', 'stopped')
  const id = await enqueueOnVe(fleet, ve.id, 've-start')
  await db().operation.update({ where: { id }, data: { status: 'stuck' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'failed' } })
  const destroy = await enqueueOnVe(fleet, ve.id, 've-destroy')
  await db().operation.update({ where: { id: destroy }, data: { status: 'running' } })
  await expect(transaction((tx) => retryOperation(tx, id, ACTOR))).rejects.toMatchObject({ code: 'conflict' })
})

test('a creation with a root password is not tried again without it', async () => {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'forgetful')
  const id = await enqueueOnVe(fleet, ve.id, 've-create', { start: true, hasPassword: true })
  await db().operation.update({ where: { id }, data: { status: 'failed' } })
  await db().ve.update({ where: { id: ve.id }, data: { state: 'failed' } })
  await expect(transaction((tx) => retryOperation(tx, id, ACTOR))).rejects.toThrow(/password was wiped/)
})

test('a VE that is placed on a host while that is removed keeps its row and its host', async () => {
  const fleet = await makeFleet()
  const ve = await makeVe(fleet, 'late', 'running')
  const context = { operationId: '', input: { hostId: fleet.hostId }, outputs: {} } as never
  await transaction(async (tx) => sagaOf('host-remove').settle?.(tx, { status: 'succeeded' }, context))
  expect(await db().ve.findUnique({ where: { id: ve.id } })).toMatchObject({ state: 'running' })
  expect(await host(fleet.hostId)).toMatchObject({ status: 'failed', problem: { code: 'conflict' } })
})

test('an enrolment whose connection broke signs in again for the next step', async () => {
  const { hostId } = await makeFleet()
  await db().host.update({ where: { id: hostId }, data: { simulated: false } })
  const sessions: { closed: boolean; close(): void }[] = []
  const enrol = async (_host: Host) => {
    sessions.push({ closed: false, close: () => {} })
    return sessions.at(-1)
  }
  const hosts = new Hosts({ enrol } as unknown as SshHosts).forOperation()
  const signIn = () => hosts.enrol(hostId, null, new AbortController().signal)
  expect(await signIn()).toBe(await signIn())
  for (const session of sessions) session.closed = true
  await signIn()
  expect(sessions).toHaveLength(2)
})
