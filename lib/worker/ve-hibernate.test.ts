/** Hibernation, by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatedHost } from '../../agents/sim/simulated-host.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { db, transaction } from '../db/client.ts'
import { cancelOperation } from '../operations/control.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { simulatedDisk } from './simulated-disk.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import {
  ACTOR,
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeFleet,
  makeVe,
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
const observedOf = async (id: string) => (await veOf(id)).observed as ObservedVe

async function run(veId: string, type: Parameters<typeof enqueueOnVe>[2], more: object = {}) {
  return ended(await enqueueOnVe(fleet, veId, type, { ...more }))
}

async function running(name: string) {
  const ve = await makeVe(fleet, name)
  expect(await run(ve.id, 've-create', { start: true })).toMatchObject({ status: 'succeeded' })
  return ve
}

async function hibernated(name: string) {
  const ve = await running(name)
  expect(await run(ve.id, 've-hibernate')).toMatchObject({ status: 'succeeded' })
  return ve
}

test('a VE is hibernated and resumed; nothing else is done to it meanwhile', async () => {
  const ve = await hibernated('sleeper')
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', startedAt: null })
  expect((await observedOf(ve.id)).checkpoint).toMatchObject({ bytes: expect.any(Number) })
  const refused = [
    ['ve-start', {}],
    ['ve-restart', { timeoutSeconds: 0 }],
    ['ve-configure', { change: { hostname: 'x.example.org' } }],
    ['ve-rescue', { hasPassword: false }],
    ['ve-hibernate', {}],
    ['ve-quota-read', {}],
  ] as const
  for (const [type, more] of refused) {
    const problem = await enqueueOnVe(fleet, ve.id, type, more).catch((error) => error)
    expect(problem, type).toMatchObject({ code: 've-state-forbids' })
    expect(problem.detail).toMatch(/is hibernated\..*Resume it first; or stop it, which throws its memory/)
  }
  expect(await run(ve.id, 've-resume')).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', startedAt: expect.any(Date) })
  expect((await observedOf(ve.id)).checkpoint).toBeNull()
  await expect(enqueueOnVe(fleet, ve.id, 've-resume')).rejects.toMatchObject({ code: 've-state-forbids' })
})

test('a memory that cannot be written leaves it running; one that cannot be read leaves it hibernated', async () => {
  const bad = await running('fail-hibernate')
  expect(await run(bad.id, 've-hibernate')).toMatchObject({
    status: 'failed',
    problem: { code: 'checkpoint-failed' },
  })
  expect(await veOf(bad.id)).toMatchObject({ state: 'running', problem: { code: 'checkpoint-failed' } })
  const worse = await hibernated('fail-resume')
  expect(await run(worse.id, 've-resume')).toMatchObject({ status: 'failed' })
  expect(await veOf(worse.id)).toMatchObject({ state: 'hibernated', problem: { code: 'restore-failed' } })
})

test('a stop throws the memory away only when that was asked for', async () => {
  const ve = await hibernated('stopped')
  const unasked = await run(ve.id, 've-stop', { timeoutSeconds: 0 })
  expect(unasked).toMatchObject({ status: 'failed', problem: { code: 've-state-forbids' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated' })
  expect((await observedOf(ve.id)).checkpoint).not.toBeNull()
  expect(await run(ve.id, 've-stop', { timeoutSeconds: 60, discardMemory: true })).toMatchObject({
    status: 'succeeded',
  })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', observed: { checkpoint: null } })
  expect(await run(ve.id, 've-start')).toMatchObject({ status: 'succeeded' })
})

test('a stop that was asked for before the VE was hibernated does not cost its memory', async () => {
  const ve = await running('slow-hibernate')
  const first = await enqueueOnVe(fleet, ve.id, 've-hibernate')
  const stop = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 60 })
  expect(await ended(first)).toMatchObject({ status: 'succeeded' })
  expect(await ended(stop)).toMatchObject({ status: 'failed' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', observed: { state: 'hibernated' } })
})

test('suspended it stays hibernated, cannot be resumed, and is so again when that is lifted', async () => {
  const ve = await hibernated('debtor')
  const why = { reason: 'payment', note: null, timeoutSeconds: 5 }
  expect(await run(ve.id, 've-suspend', why)).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({
    state: 'hibernated',
    suspendReason: 'payment',
    suspendedRunning: false,
    observed: { state: 'hibernated' },
  })
  await expect(enqueueOnVe(fleet, ve.id, 've-resume')).rejects.toMatchObject({ code: 've-suspended' })
  await run(ve.id, 've-unsuspend')
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', suspendedAt: null })
  expect(await run(ve.id, 've-resume')).toMatchObject({ status: 'succeeded' })
})

test('one that is cancelled before it begins leaves the VE as it was', async () => {
  const ve = await running('cancelled')
  const input = { veId: ve.id }
  const about = { actor: ACTOR, accountId: fleet.accountId, hostId: fleet.hostId, veId: ve.id }
  const id = await transaction(async (tx) => {
    const asked = await enqueueOperation(tx, { type: 've-hibernate', input, title: 'x', ...about })
    await cancelOperation(tx, asked.operationId)
    return asked.operationId
  })
  expect(await ended(id)).toMatchObject({ status: 'cancelled' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', problem: null })
})

test('a restarted simulated host has it hibernated still', async () => {
  const ve = await hibernated('remembered')
  const { checkpoint } = await observedOf(ve.id)
  const host = new SimulatedHost('again', simulatedDisk(fleet.hostId))
  const { ves } = await host.call('ve-state', { veid: ve.veid }, { key: crypto.randomUUID() })
  expect(ves).toMatchObject([{ state: 'hibernated', checkpoint }])
})

test('it is destroyed with its memory', async () => {
  const ve = await hibernated('gone')
  expect(await run(ve.id, 've-destroy')).toMatchObject({ status: 'succeeded' })
  await eventually(async () => (await veOf(ve.id)).state === 'destroyed')
})
