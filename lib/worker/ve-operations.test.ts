/** What is done to VEs that are there, by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { cancelOperation, releaseOperation, retryOperation } from '../operations/control.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import {
  ACTOR,
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeFleet,
  makeVe,
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })

async function made(name: string, start: boolean) {
  const ve = await makeVe(fleet, name)
  expect(await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start }))).toMatchObject({
    status: 'succeeded',
  })
  return ve
}
const configure = (veId: string, change: object) => enqueueOnVe(fleet, veId, 've-configure', { change })
const limitsOf = async (id: string) => limitsOfRow(await veOf(id))
const FEATURES = { nesting: false, fuse: false, tun: true, capabilities: [], nfs: [] }

test('limits are written when their host has them; some of a running VE wait for its next start', async () => {
  const ve = await made('limits', true)
  const before = await limitsOf(ve.id)
  const larger = { ...before, memoryBytes: 2 * before.memoryBytes, cpus: 2, ioPriority: 2 }
  expect(await ended(await configure(ve.id, { limits: larger }))).toMatchObject({ status: 'succeeded' })
  expect(await limitsOf(ve.id)).toEqual(larger)
  expect((await veOf(ve.id)).staleRun).toBeNull()
  const numsiginfo = { barrier: 99, limit: 99 }
  const later = { ...larger, beancounters: { ...larger.beancounters, numsiginfo } }
  await ended(await configure(ve.id, { limits: later }))
  expect(await limitsOf(ve.id)).toEqual(later)
  const { staleRun, startedAt } = await veOf(ve.id)
  expect(staleRun).toEqual(startedAt)
})

test('a change is written down when its host has taken it up; what counts from the next start says so', async () => {
  const ve = await made('change', true)
  const id = await configure(ve.id, { hostname: 'new.example.org', features: FEATURES })
  expect(await ended(id)).toMatchObject({ status: 'succeeded' })
  const changed = await veOf(ve.id)
  expect(changed).toMatchObject({ state: 'running', hostname: 'new.example.org', features: FEATURES })
  expect(changed.staleRun).toEqual(changed.startedAt)
  await ended(await enqueueOnVe(fleet, ve.id, 've-restart', { timeoutSeconds: 5 }))
  const restarted = await veOf(ve.id)
  expect(restarted.state).toBe('running')
  expect(restarted.startedAt?.getTime()).toBeGreaterThan(restarted.staleRun?.getTime() ?? Infinity)
})

test('a change that its host refuses changes nothing', async () => {
  const ve = await made('fail-configure', false)
  const failed = await ended(await configure(ve.id, { hostname: 'new.example.org' }))
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', hostname: ve.hostname })
})

test('what is half changed says so on the VE until that is given up', async () => {
  const ve = await made('half', false)
  const first = { code: 'agent-failed', detail: 'x' }
  const half = { code: 'link-lost', detail: 'Undoing it failed too.', context: { first } }
  const died = { code: 've-init-died', detail: 'It crashed.' }
  const { id } = await ended(await configure(ve.id, { hostname: 'half.example.org' }))
  const release = async (problem: object) => {
    await db().operation.update({ where: { id }, data: { status: 'stuck' } })
    await db().ve.update({ where: { id: ve.id }, data: { problem } })
    await transaction((tx) => releaseOperation(tx, id, ACTOR, 'seen to'))
    return (await veOf(ve.id)).problem
  }
  expect(await release(half)).toBeNull()
  expect(await release(died)).toEqual(died)
})

async function reserveInterface(veId: string) {
  const row = await db().veInterface.create({
    data: { veId, index: 3, kind: 'routed', ifname: 'eth3', pending: true },
  })
  await db().veAddress.create({
    data: { veId, interfaceId: row.id, address: `10.1.0.${Math.ceil(Math.random() * 250)}`, pending: true },
  })
  return { add: [row.id] }
}

test('what is reserved for a change becomes the VE’s when it succeeds, and is free again when it does not', async () => {
  const ve = await made('network', false)
  const interfaces = await reserveInterface(ve.id)
  await ended(await configure(ve.id, { interfaces }))
  const there = { where: { veId: ve.id, pending: false, removedAt: null } }
  expect(await db().veInterface.count(there)).toBe(1)
  expect(await db().veAddress.count({ where: { veId: ve.id, pending: false, releasedAt: null } })).toBe(1)
  await ended(await configure(ve.id, { interfaces: { remove: interfaces.add } }))
  expect(await db().veInterface.count(there)).toBe(0)
  expect(await db().veAddress.count({ where: { veId: ve.id, releasedAt: null } })).toBe(0)

  const slow = await made('slow-configure', false)
  const first = await configure(slow.id, { hostname: 'slow.example.org' })
  await eventually(async () => (await readOperation(first)).status === 'running')
  const waiting = await configure(slow.id, { interfaces: await reserveInterface(slow.id) })
  await transaction((tx) => cancelOperation(tx, waiting))
  expect(await readOperation(waiting)).toMatchObject({ status: 'cancelled' })
  expect(await db().veInterface.count({ where: { veId: slow.id } })).toBe(0)
  expect(await db().veAddress.count({ where: { veId: slow.id } })).toBe(0)
  await expect(transaction((tx) => retryOperation(tx, waiting, ACTOR))).rejects.toThrow(/given back/)
  await ended(first)
})

test('a command answers with its exit code and what it printed, also while something else is done to the VE', async () => {
  const ve = await made('slow-configure', true)
  const run = (command: string[], more: object = {}) =>
    enqueueOnVe(fleet, ve.id, 've-exec', {
      command,
      environment: {},
      timeoutSeconds: 5,
      outputBytes: 1000,
      hasStdin: false,
      ...more,
    })
  const slow = await configure(ve.id, { hostname: 'slow.example.org' })
  await eventually(async () => (await readOperation(slow)).status === 'running')
  expect(await ended(await run(['false']))).toMatchObject({
    status: 'succeeded',
    result: { exitCode: 1, timedOut: false },
  })
  const secret = { hasStdin: true, secret: { stdin: 'typed' } }
  expect(await ended(await run(['cat'], secret))).toMatchObject({ sealed: null, result: { stdout: 'typed' } })
  expect((await readOperation(slow)).status).toBe('running')
  await ended(slow)
  // More at once than one VE may have, and than the queue has places.
  const many = await Promise.all(Array.from({ length: 20 }, (_, n) => run(['say', String(n)])))
  const atOnce: number[] = []
  await eventually(async () => {
    const where = { type: 've-exec', status: { in: ['queued' as const, 'running' as const] } }
    const live = await db().operation.findMany({ where, select: { status: true } })
    atOnce.push(live.filter(({ status }) => status === 'running').length)
    return live.length === 0
  }, 30_000)
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(2)
  const said = await Promise.all(many.map((id) => ended(id)))
  expect(said.map(({ result }) => (result as { stdout: string }).stdout)).toEqual(
    Array.from({ length: 20 }, (_, n) => `simulated: say ${n}\n`),
  )
  await ended(await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 }))
  await expect(run(['true'])).rejects.toMatchObject({ code: 've-state-forbids' })
})

test('a suspended VE is stopped and cannot be started; lifting starts it if it ran', async () => {
  const ve = await made('suspended', true)
  const suspend = (reason: string) =>
    enqueueOnVe(fleet, ve.id, 've-suspend', { reason, note: 'Invoice 7', timeoutSeconds: 5 })
  await ended(await suspend('payment'))
  const suspended = await veOf(ve.id)
  expect(suspended).toMatchObject({ state: 'stopped', suspendReason: 'payment', suspendedRunning: true })
  await ended(await suspend('abuse'))
  const since = { suspendReason: 'abuse', suspendedAt: suspended.suspendedAt, suspendedRunning: true }
  expect(await veOf(ve.id)).toMatchObject(since)
  for (const type of ['ve-start', 've-rescue'] as const)
    await expect(enqueueOnVe(fleet, ve.id, type)).rejects.toMatchObject({ code: 've-suspended' })
  await ended(await enqueueOnVe(fleet, ve.id, 've-unsuspend'))
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', suspendedAt: null, suspendReason: null })
})

test('suspending and killing go before what waits, and cut a patient stop short', async () => {
  const ve = await made('slow-configure', true)
  const first = await configure(ve.id, { hostname: 'one.example.org' })
  await eventually(async () => (await readOperation(first)).status === 'running')
  const second = await configure(ve.id, { hostname: 'two.example.org' })
  const suspend = await enqueueOnVe(fleet, ve.id, 've-suspend', {
    reason: 'abuse',
    note: null,
    timeoutSeconds: 0,
  })
  const suspended = await ended(suspend)
  expect(suspended).toMatchObject({ status: 'succeeded' })
  expect((await readOperation(second)).endedAt).toBeNull()
  expect(await ended(second)).toMatchObject({ status: 'succeeded' })

  const stubborn = await made('slow-stop', true)
  const patient = await enqueueOnVe(fleet, stubborn.id, 've-stop', { timeoutSeconds: 600 })
  await eventually(async () => (await readOperation(patient)).steps[1]?.status === 'running')
  const kill = await enqueueOnVe(fleet, stubborn.id, 've-stop', { timeoutSeconds: 0 })
  await ended(patient)
  await ended(kill)
  const log = await db().operationLog.findMany({ where: { operationId: patient } })
  expect(log.map(({ line }) => line)).toContain('It is killed before its time: something urgent waits.')
  expect(await veOf(stubborn.id)).toMatchObject({ state: 'stopped' })
})

test('a kill that was asked for after a start waits for that start', async () => {
  const ve = await made('slow-configure', false)
  const busy = await configure(ve.id, { hostname: 'one.example.org' })
  await eventually(async () => (await readOperation(busy)).status === 'running')
  const start = await enqueueOnVe(fleet, ve.id, 've-start')
  const kill = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 })
  expect(await ended(start)).toMatchObject({ status: 'succeeded' })
  expect(await ended(kill)).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped' })
})

test('a rescued VE runs from another root until it is restarted', async () => {
  const ve = await made('rescued', false)
  await ended(
    await enqueueOnVe(fleet, ve.id, 've-rescue', {
      hasPassword: true,
      secret: { rootPassword: 'correct horse' },
    }),
  )
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { rescue: true } })
  await ended(await enqueueOnVe(fleet, ve.id, 've-restart', { timeoutSeconds: 0 }))
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { rescue: false } })
})
