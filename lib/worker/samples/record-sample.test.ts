import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '../../db/client.ts'
import { type Fleet, makeFleet, makeVe, useTestDatabase } from '../test-fleet.ts'
import { recordSample } from './record-sample.ts'
import { STARTED_AT, sampleOf, seenAs } from './test-samples.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet

beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
})
afterAll(() => database.drop())

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })
const record = (ves: Parameters<typeof sampleOf>[0], more = {}) =>
  recordSample(fleet.hostId, sampleOf(ves, more))

async function running(name: string) {
  const ve = await makeVe(fleet, name, 'running')
  return db().ve.update({ where: { id: ve.id }, data: { startedAt: new Date(STARTED_AT) } })
}

function operationOn(veId: string, status: 'running' | 'succeeded', endedAt: Date | null, type = 've-stop') {
  const queue = type === 've-exec' ? `operation:${crypto.randomUUID()}` : `ve:${veId}`
  const data = { ...fleet, type, title: 'x', input: {}, actorName: 'x', veId, queue, status, endedAt }
  return db().operation.create({ data })
}

test('settled VEs follow what their host shows: stopped, started by hand, gone, and back', async () => {
  const [stopped, started, gone] = [
    await running('stopped'),
    await makeVe(fleet, 'started', 'stopped'),
    await makeVe(fleet, 'gone', 'stopped'),
  ]
  await record([seenAs(stopped, 'stopped'), seenAs(started, 'running')])
  expect(await veOf(stopped.id)).toMatchObject({ state: 'stopped', startedAt: null, problem: null })
  expect(await veOf(started.id)).toMatchObject({ state: 'running', startedAt: new Date(STARTED_AT) })
  expect(await veOf(gone.id)).toMatchObject({ state: 'failed', observed: { state: 'absent' } })
  await record([seenAs(gone, 'stopped')])
  expect(await veOf(gone.id)).toMatchObject({ state: 'stopped', problem: null })
})

test('a VE that an operation works on, or has just left, is not touched; a command in it is no such operation', async () => {
  const ve = await makeVe(fleet, 'busy', 'running')
  const live = await operationOn(ve.id, 'running', null)
  await record([seenAs(ve, 'stopped')])
  expect((await veOf(ve.id)).state).toBe('running')
  await db().operation.update({ where: { id: live.id }, data: { status: 'succeeded', endedAt: new Date() } })
  await record([seenAs(ve, 'stopped')])
  expect((await veOf(ve.id)).state).toBe('running')
  const longAgo = new Date(Date.now() - 60_000)
  await db().operation.update({ where: { id: live.id }, data: { endedAt: longAgo } })
  await operationOn(ve.id, 'running', null, 've-exec')
  await record([seenAs(ve, 'stopped')])
  expect((await veOf(ve.id)).state).toBe('stopped')
})

test('an init that crashed is noticed at once, also right after its start, and said how', async () => {
  const ve = await running('crashed')
  await operationOn(ve.id, 'succeeded', new Date(), 've-start')
  const lastExit = { at: STARTED_AT + 500, reason: 'crashed' as const, exitCode: null, signal: 11 }
  // Taken before it was started.
  await record([seenAs(ve, 'stopped', { lastExit: null })])
  expect((await veOf(ve.id)).state).toBe('running')
  await record([seenAs(ve, 'stopped', { lastExit })], { at: STARTED_AT + 2_000 })
  expect(await veOf(ve.id)).toMatchObject({
    state: 'stopped',
    problem: { code: 've-init-died', detail: expect.stringContaining('killed by signal 11') },
  })
})

test('a halt from inside is a plain stop, and an exit of an earlier run says nothing', async () => {
  const [halted, old] = [await running('halted'), await running('old')]
  const halt = { at: STARTED_AT + 1, reason: 'halt' as const, exitCode: null, signal: 2 }
  const before = { at: STARTED_AT - 2_000, reason: 'crashed' as const, exitCode: null, signal: 9 }
  await record([seenAs(halted, 'stopped', { lastExit: halt }), seenAs(old, 'stopped', { lastExit: before })])
  for (const { id } of [halted, old])
    expect(await veOf(id)).toMatchObject({ state: 'stopped', problem: null })
})

test('a reboot from inside goes on running, with its new start; one that does not come up is said', async () => {
  const ve = await running('reboot')
  const lastExit = { at: STARTED_AT + 1_000, reason: 'reboot' as const, exitCode: null, signal: 1 }
  await record([seenAs(ve, 'stopped', { lastExit })], { at: STARTED_AT + 2_000 })
  expect((await veOf(ve.id)).state).toBe('running')
  const startedAt = STARTED_AT + 3_000
  await record([seenAs(ve, 'running', { initPid: 9, startedAt, lastExit })], { at: STARTED_AT + 4_000 })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', startedAt: new Date(startedAt) })
  const again = { ...lastExit, at: STARTED_AT + 5_000 }
  await record([seenAs(ve, 'stopped', { lastExit: again })], { at: STARTED_AT + 60_000 })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', problem: { code: 've-init-died' } })
})

test('one that is started at its host’s shell while it is suspended is stopped again', async () => {
  const ve = await makeVe(fleet, 'suspended', 'stopped')
  const data = { suspendedAt: new Date(), suspendReason: 'abuse' as const }
  await db().ve.update({ where: { id: ve.id }, data })
  await record([seenAs(ve, 'running')])
  expect((await veOf(ve.id)).state).toBe('stopping')
  const [stop] = await db().operation.findMany({ where: { veId: ve.id } })
  expect(stop).toMatchObject({ type: 've-stop', input: { timeoutSeconds: 0 }, actorName: 'Corral' })
})

test('one that was hibernated, resumed or thrown away at its host’s shell is what its host shows', async () => {
  const ve = await running('sleeper')
  const checkpoint = { at: STARTED_AT + 9_000, bytes: 5_000 }
  await record([seenAs(ve, 'hibernated', { checkpoint })])
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', startedAt: null, problem: null })
  await record([seenAs(ve, 'running')])
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', startedAt: new Date(STARTED_AT) })
  await record([seenAs(ve, 'hibernated', { checkpoint })])
  await record([seenAs(ve, 'stopped')])
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', problem: null })
})
