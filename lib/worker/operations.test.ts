/** Operations from the queue to their end, by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { cancelOperation, releaseOperation, retryOperation } from '../operations/control.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
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

test('a VE is created, started, stopped and destroyed', async () => {
  const ve = await makeVe(fleet, 'web')
  const created = await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  expect(created).toMatchObject({ status: 'succeeded', problem: null, sealed: null })
  expect(created.steps.map((step) => step.status)).toEqual(['done'])
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { state: 'running', veid: ve.veid } })
  const log = await db().operationLog.findMany({ where: { operationId: created.id }, orderBy: { id: 'asc' } })
  expect(log.map((row) => row.line)).toContain('Set up the guest: done')

  await ended(await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 10 }))
  expect((await veOf(ve.id)).state).toBe('stopped')
  await ended(await enqueueOnVe(fleet, ve.id, 've-start'))
  expect((await veOf(ve.id)).state).toBe('running')
  await ended(await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 }))
  await ended(await enqueueOnVe(fleet, ve.id, 've-destroy'))
  const gone = await veOf(ve.id)
  expect(gone.state).toBe('destroyed')
  expect(gone.destroyedAt).not.toBeNull()
})

test('a secret reaches its step and is wiped afterwards', async () => {
  const ve = await makeVe(fleet, 'secret')
  const id = await enqueueOnVe(fleet, ve.id, 've-create', {
    start: false,
    secret: { rootPassword: 'hunter2hunter2' },
  })
  const done = await ended(id)
  expect(done).toMatchObject({ status: 'succeeded', sealed: null })
  expect(JSON.stringify(done)).not.toContain('hunter2')
})

test('a creation that fails is undone, says why, and can be tried again or destroyed', async () => {
  const ve = await makeVe(fleet, 'fail-start')
  const failed = await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 've-start-failed' } })
  expect(failed.steps.map((step) => step.status)).toEqual(['undone'])
  expect(await veOf(ve.id)).toMatchObject({ state: 'failed', epoch: 2, problem: { code: 've-start-failed' } })
  await db().ve.update({ where: { id: ve.id }, data: { name: `fine-${ve.veid}` } })
  const { operationId } = await transaction((tx) => retryOperation(tx, failed.id, ACTOR))
  expect(await ended(operationId)).toMatchObject({ status: 'succeeded', problem: null })
  expect((await veOf(ve.id)).state).toBe('running')
})

test('when the undo fails the operation is stuck until it is retried or released', async () => {
  const ve = await makeVe(fleet, 'fail-undo')
  const stuck = await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  expect(stuck).toMatchObject({ status: 'stuck', problem: { code: 'agent-failed' } })
  expect(stuck.steps.map((step) => step.status)).toEqual(['undo_failed'])
  expect((await veOf(ve.id)).state).toBe('failed')
  await transaction((tx) => retryOperation(tx, stuck.id, ACTOR))
  expect(await ended(stuck.id)).toMatchObject({ status: 'stuck' })
  await transaction((tx) => releaseOperation(tx, stuck.id, ACTOR, 'removed by hand'))
  expect(await readOperation(stuck.id)).toMatchObject({ status: 'failed' })
  const log = await db().operationLog.findMany({ where: { operationId: stuck.id } })
  expect(log.map((row) => row.line)).toContain('Released by test: removed by hand')
})

test('operations on one VE wait for each other, in order; what its state forbids is refused at once', async () => {
  const ve = await makeVe(fleet, 'order')
  const create = await enqueueOnVe(fleet, ve.id, 've-create', { start: true })
  const stop = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 })
  const destroy = await enqueueOnVe(fleet, ve.id, 've-destroy')
  const late = await enqueueOnVe(fleet, ve.id, 've-start')
  const [first, second, third] = [await ended(create), await ended(stop), await ended(destroy)]
  expect([first.status, second.status, third.status]).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(second.startedAt?.getTime()).toBeGreaterThanOrEqual(first.endedAt?.getTime() ?? Infinity)
  expect(third.startedAt?.getTime()).toBeGreaterThanOrEqual(second.endedAt?.getTime() ?? Infinity)
  expect(await ended(late)).toMatchObject({ status: 'failed', problem: { code: 've-state-forbids' } })
  await expect(enqueueOnVe(fleet, ve.id, 've-start')).rejects.toMatchObject({ code: 've-state-forbids' })
})

test('two requests at the same moment: one begins, the other waits and is then judged', async () => {
  const ve = await makeVe(fleet, 'twice')
  await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: false }))
  const ids = await Promise.all([
    enqueueOnVe(fleet, ve.id, 've-start'),
    enqueueOnVe(fleet, ve.id, 've-start'),
  ])
  const statuses = (await Promise.all(ids.map((id) => ended(id)))).map((operation) => operation.status)
  expect(statuses.sort()).toEqual(['failed', 'succeeded'])
  expect((await veOf(ve.id)).state).toBe('running')
})

test('a running operation is cancelled and undone; a waiting one ends at once', async () => {
  const ve = await makeVe(fleet, 'slow-create')
  const running = await enqueueOnVe(fleet, ve.id, 've-create', { start: true })
  const waiting = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 })
  await eventually(async () => (await readOperation(running)).steps[0]?.status === 'running')
  await transaction((tx) => cancelOperation(tx, waiting))
  expect((await readOperation(waiting)).status).toBe('cancelled')
  await transaction((tx) => cancelOperation(tx, running))
  const cancelled = await ended(running)
  expect(cancelled).toMatchObject({ status: 'cancelled', problem: { code: 'cancelled' } })
  expect(cancelled.steps.map((step) => step.status)).toEqual(['undone'])
  expect(await veOf(ve.id)).toMatchObject({ state: 'failed', problem: { code: 'cancelled' } })
  await expect(transaction((tx) => cancelOperation(tx, running))).rejects.toMatchObject({ code: 'conflict' })
})

test('an operation cancelled before it began leaves the VE as it was', async () => {
  const ve = await makeVe(fleet, 'keep')
  await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: false }))
  const id = await transaction(async (tx) => {
    const input = { veId: ve.id }
    const request = { type: 've-destroy' as const, input, title: 'x', actor: ACTOR, veId: ve.id, ...fleet }
    const { operationId } = await enqueueOperation(tx, request)
    await cancelOperation(tx, operationId)
    return operationId
  })
  expect(await ended(id)).toMatchObject({ status: 'cancelled' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', problem: null })
})

test('bad input and an unknown VE are refused before anything is stored', async () => {
  const before = await db().operation.count()
  const request = {
    type: 've-stop',
    input: { veId: 'x', timeoutSeconds: -1 },
    title: '',
    actor: ACTOR,
    ...fleet,
  }
  const refused = transaction((tx) => enqueueOperation(tx, request as never))
  await expect(refused).rejects.toMatchObject({ code: 'invalid-input', fields: { veId: expect.any(String) } })
  await expect(enqueueOnVe(fleet, crypto.randomUUID(), 've-start')).rejects.toMatchObject({
    code: 'not-found',
  })
  expect(await db().operation.count()).toBe(before)
})

test('a template is built on a host, and a build that fails says so', async () => {
  const build = async (packages: string[]) => {
    const own = await makeFleet({ packages })
    await db().templateCache.deleteMany({ where: { templateId: own.templateId } })
    const request = { type: 'template-build' as const, input: own, title: 'Build', actor: ACTOR, ...own }
    const { operationId } = await transaction((tx) => enqueueOperation(tx, request))
    const operation = await ended(operationId)
    return {
      operation,
      template: await db().template.findUniqueOrThrow({
        where: { id: own.templateId },
        include: { caches: true },
      }),
    }
  }
  const good = await build(['openssh-server'])
  expect(good.operation.status).toBe('succeeded')
  expect(good.template).toMatchObject({ status: 'ready', caches: [{ packages: 121 }] })
  const bad = await build(['fail-build'])
  expect(bad.operation).toMatchObject({ status: 'failed', problem: { code: 'template-build-failed' } })
  expect(bad.template).toMatchObject({ status: 'failed', caches: [] })
})

test.each([
  ['fresh', 'succeeded', null],
  ['unreachable', 'failed', 'host-unreachable'],
  ['refused', 'failed', 'host-refused'],
  ['wrong-password', 'failed', 'sign-in-failed'],
  ['key-changed', 'failed', 'host-key-changed'],
  ['no-root', 'failed', 'no-root'],
  ['old-kernel', 'failed', 'unsupported-host'],
  ['missing-packages', 'failed', 'missing-packages'],
  ['small-disk', 'failed', 'no-disk-space'],
  ['old-agent', 'failed', 'agent-version-mismatch'],
])('enrolling the simulated host "%s" ends %s (%s)', async (name, status, code) => {
  const own = await makeFleet({ hostName: name })
  await db().host.update({ where: { id: own.hostId }, data: { status: 'enrolling' } })
  const request = { type: 'host-enrol' as const, input: { hostId: own.hostId }, title: 'Enrol', actor: ACTOR }
  const { operationId } = await transaction((tx) =>
    enqueueOperation(tx, { ...request, accountId: own.accountId, hostId: own.hostId }),
  )
  const operation = await ended(operationId)
  const host = await db().host.findUniqueOrThrow({ where: { id: own.hostId } })
  expect(operation).toMatchObject({ status, problem: code === null ? null : { code } })
  expect(host.status).toBe(status === 'succeeded' ? 'online' : 'failed')
  if (code !== null) expect(host.problem).toMatchObject({ code })
})

test('a VE whose init dies is noticed', async () => {
  const ve = await makeVe(fleet, 'dies')
  await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  await eventually(async () => (await veOf(ve.id)).state === 'stopped', 25_000)
}, 30_000)

test('a host that stops answering goes offline and comes back', async () => {
  const own = await makeFleet({ hostName: 'goes-away' })
  const status = async () => (await db().host.findUniqueOrThrow({ where: { id: own.hostId } })).status
  await eventually(async () => (await status()) === 'offline', 30_000)
  await eventually(async () => (await status()) === 'online', 30_000)
}, 70_000)
