/** Moves, by a real worker on a real database and simulated hosts. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { db, transaction } from '../db/client.ts'
import { promisedByHost } from '../hosts/promised.ts'
import { listKept, removeKept } from '../moves/kept.ts'
import { moveObstacles } from '../moves/obstacles.ts'
import type { MoveCheck, MoveResult } from '../moves/resource.ts'
import { refuseUnsettledTo } from '../moves/unsettled.ts'
import { cancelOperation, releaseOperation, retryOperation } from '../operations/control.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import {
  ACTOR,
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeFleet,
  makeNeighbour,
  makeVe,
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let there: { id: string; name: string }
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
  there = await makeNeighbour(fleet)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })

async function make(name: string, start = true) {
  const ve = await makeVe(fleet, name)
  expect(await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start }))).toMatchObject({
    status: 'succeeded',
  })
  return ve
}

/** As the command does it: with room reserved on the other host. */
async function begin(veId: string, kind: string, more: object = {}) {
  await db().ve.update({ where: { id: veId }, data: { movingToId: there.id } })
  return enqueueOnVe(fleet, veId, 've-move', {
    hostId: there.id,
    kind,
    keep: false,
    timeoutSeconds: 5,
    ...more,
  })
}
const move = async (veId: string, kind: string, more: object = {}) =>
  ended(await begin(veId, kind, more), 30_000)

test('a running VE is moved live: it is the other host’s, at the next epoch, and what it took is told in parts', async () => {
  const ve = await make('mover')
  const done = await move(ve.id, 'live')
  expect(done).toMatchObject({ status: 'succeeded', problem: null })
  expect(await veOf(ve.id)).toMatchObject({
    ...{ state: 'running', hostId: there.id, movingToId: null, epoch: 2, problem: null },
    observed: { state: 'running', epoch: 2 },
  })
  const { parts, ...result } = done.result as MoveResult
  expect(result).toMatchObject({
    kind: 'live',
    cleared: true,
    predictedMilliseconds: null,
    to: { id: there.id },
  })
  expect(result.freezeMilliseconds).toBe(Object.values(parts).reduce((sum, each) => sum + each, 0))
  // From now on the panel knows how long it takes between these hosts.
  const next = await make('next')
  const asked = await ended(await enqueueOnVe(fleet, next.id, 've-move-check', { hostId: there.id }))
  expect(asked.result as MoveCheck).toMatchObject({
    ...{ before: 'running', possible: ['live', 'restart'] },
    predictedMilliseconds: expect.any(Number),
  })
  expect(await veOf(next.id)).toMatchObject({ state: 'running', hostId: fleet.hostId })
})

test('with a restart it runs again afterwards; cold it stays stopped', async () => {
  const running = await make('restarted')
  expect(await move(running.id, 'restart')).toMatchObject({ status: 'succeeded' })
  expect(await veOf(running.id)).toMatchObject({ state: 'running', hostId: there.id })
  const stopped = await make('cold', false)
  expect(await move(stopped.id, 'cold')).toMatchObject({ status: 'succeeded' })
  expect(await veOf(stopped.id)).toMatchObject({ state: 'stopped', hostId: there.id, startedAt: null })
})

test('what stands in the way is named before anything is done, and a restart is not chosen by itself', async () => {
  const running = await make('refused')
  const refused = await move(running.id, 'cold')
  expect(refused).toMatchObject({ status: 'failed', problem: { code: 'move-impossible' } })
  expect((refused.problem as { detail: string }).detail).toMatch(
    /^Cold: It runs\. Move it live or by a restart/,
  )
  expect(refused.steps.map(({ status }) => status).slice(0, 2)).toEqual(['failed', 'waiting'])
  expect(await veOf(running.id)).toMatchObject({
    state: 'running',
    hostId: fleet.hostId,
    movingToId: null,
    epoch: 1,
  })
  const stopped = await make('stopped', false)
  expect(await move(stopped.id, 'live')).toMatchObject({
    status: 'failed',
    problem: { code: 'move-impossible' },
  })
  expect(await veOf(stopped.id)).toMatchObject({ state: 'stopped' })
})

test('memory that cannot be sent leaves it running where it was; it can be moved again', async () => {
  const ve = await make('fail-move-freeze')
  expect(await move(ve.id, 'live')).toMatchObject({
    status: 'failed',
    problem: { code: 'checkpoint-failed' },
  })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', hostId: fleet.hostId, epoch: 1 })
  await db().ve.update({ where: { id: ve.id }, data: { name: 'mended' } })
})

test('one that cannot be brought back over there is there nonetheless, hibernated, and the other host has cleared up', async () => {
  const ve = await make('fail-move-activate')
  const failed = await move(ve.id, 'live')
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'restore-failed' } })
  expect(await veOf(ve.id)).toMatchObject({
    ...{ state: 'hibernated', hostId: there.id, epoch: 2, movingToId: null },
    problem: { code: 'restore-failed' },
  })
  expect(await ended(await enqueueOnVe({ ...fleet, hostId: there.id }, ve.id, 've-resume'))).toMatchObject({
    status: 'succeeded',
  })
})

test('called off by what is urgent, which then does what it was asked for; too late for a cancel it is refused', async () => {
  const ve = await make('slow-move')
  const id = await begin(ve.id, 'live')
  const step = async (name: string) => (await readOperation(id)).steps.find((each) => each.name === name)
  await eventually(async () => (await step('disk'))?.status === 'running')
  const stop = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 })
  expect(await ended(id)).toMatchObject({ status: 'cancelled' })
  expect(await ended(stop)).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', hostId: fleet.hostId, movingToId: null })
  const log = await db().operationLog.findMany({ where: { operationId: id } })
  expect(log.map(({ line }) => line).join()).toMatch(/called off, since something urgent waits/)

  const tooLate = transaction(async (tx) => {
    await tx.operation.update({ where: { id }, data: { status: 'running' } })
    const where = { operationId: id, name: 'activate' }
    await tx.operationStep.updateMany({ where, data: { status: 'running' } })
    await cancelOperation(tx, id)
  })
  await expect(tooLate).rejects.toMatchObject({ code: 'conflict' })
})

test('cancelled while its disk is sent, it goes on where it was; meanwhile it counts on both hosts', async () => {
  const ve = await make('slow-move')
  const before = await promisedByHost(db(), [there.id])
  const id = await begin(ve.id, 'live')
  await eventually(async () => (await readOperation(id)).steps[3]?.status === 'running')
  expect(await veOf(ve.id)).toMatchObject({ state: 'moving', observed: { state: 'running' } })
  const during = await promisedByHost(db(), [there.id, fleet.hostId])
  expect(during.get(there.id)?.memoryBytes).toBe((before.get(there.id)?.memoryBytes ?? 0) + 512 * 1024 ** 2)
  await transaction((tx) => cancelOperation(tx, id))
  expect(await ended(id)).toMatchObject({ status: 'cancelled' })
  expect(await veOf(ve.id)).toMatchObject({
    state: 'running',
    hostId: fleet.hostId,
    movingToId: null,
    problem: null,
  })
  expect(await promisedByHost(db(), [there.id])).toEqual(before)
})

test('a suspension does not wait for a move that can still be taken back: it is called off, and the VE stops where it was', async () => {
  const ve = await make('slow-move')
  const moving = await begin(ve.id, 'live')
  await eventually(async () => (await readOperation(moving)).steps[3]?.status === 'running')
  const asked = { reason: 'abuse', note: null, timeoutSeconds: 1 }
  const suspension = await enqueueOnVe(fleet, ve.id, 've-suspend', asked)
  expect(await ended(suspension)).toMatchObject({ status: 'succeeded' })
  expect(await readOperation(moving)).toMatchObject({ status: 'cancelled' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', hostId: fleet.hostId, movingToId: null })
})

test('a suspended VE moves cold, and stays suspended', async () => {
  const ve = await make('debtor')
  const why = { reason: 'payment', note: null, timeoutSeconds: 5 }
  expect(await ended(await enqueueOnVe(fleet, ve.id, 've-suspend', why))).toMatchObject({
    status: 'succeeded',
  })
  expect(await move(ve.id, 'cold')).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', suspendReason: 'payment', hostId: there.id })
})

test('a hibernated VE is refused', async () => {
  const ve = await make('sleeper')
  await ended(await enqueueOnVe(fleet, ve.id, 've-hibernate'))
  const problem = await begin(ve.id, 'live').catch((error) => error)
  expect(problem).toMatchObject({
    code: 've-state-forbids',
    detail: expect.stringMatching(/Resume it first/),
  })
})

test('what a move left on a host that was away is cleared up once it answers', async () => {
  const ve = await make('left')
  await db().moveRemains.create({
    data: {
      ...{ moveId: crypto.randomUUID(), hostId: there.id, uuid: ve.id, veid: ve.veid, epoch: 2 },
      ...{ newEpoch: null, keep: false },
    },
  })
  await eventually(async () => (await db().moveRemains.count()) === 0)
  expect((await veOf(ve.id)).observed as ObservedVe).toMatchObject({ state: 'running' })
})

test('what was kept of a VE on the host that it left goes when the VE is destroyed', async () => {
  const ve = await make('keeper', false)
  const done = await move(ve.id, 'cold', { keep: true })
  expect(done).toMatchObject({ status: 'succeeded' })
  const host = (status: 'offline' | 'online') =>
    db().host.update({ where: { id: fleet.hostId }, data: { status } })
  await host('offline')
  const destroyed = await ended(await enqueueOnVe({ ...fleet, hostId: there.id }, ve.id, 've-destroy'))
  expect(destroyed).toMatchObject({ status: 'succeeded' })
  expect(await db().moveRemains.findMany({ where: { uuid: ve.id } })).toMatchObject([
    { moveId: done.id, hostId: fleet.hostId, epoch: 2, newEpoch: 2, keep: false },
  ])
  await host('online')
  await eventually(async () => (await db().moveRemains.count({ where: { uuid: ve.id } })) === 0)
})

test('what was kept stands in the way of coming back, and is removed alone, once its host answers', async () => {
  const ve = await make('coming-back', false)
  const done = await move(ve.id, 'cold', { keep: true })
  expect(await db().keptDisk.findMany({ where: { veId: ve.id } })).toMatchObject([
    { moveId: done.id, hostId: fleet.hostId, removing: false },
  ])
  const role = { accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] } as const
  const memberships = [{ accountId: fleet.accountId, ...role }]
  const viewer = { userId: 'u', name: 'Uma', email: 'u@example.org', memberships, via: 'session' as const }
  const inTheWay = async () => (await moveObstacles(db(), ve.id, fleet.hostId)).map(({ remedy }) => remedy)
  expect(await inTheWay()).toContain('Remove that disk first: it is listed with the VE’s moves.')
  const host = (status: 'offline' | 'online') =>
    db().host.update({ where: { id: fleet.hostId }, data: { status } })
  await host('offline')
  expect(await removeKept(viewer, done.id)).toMatchObject({ removing: true, hostAnswers: false })
  expect(await removeKept(viewer, done.id)).toMatchObject({ removing: true })
  expect(await inTheWay()).toContain('It is being removed: wait until that host has done so.')
  await host('online')
  await eventually(async () => (await db().keptDisk.count({ where: { veId: ve.id } })) === 0)
  expect(await db().moveRemains.count({ where: { uuid: ve.id } })).toBe(0)
  await expect(removeKept(viewer, done.id)).rejects.toMatchObject({ code: 'not-found' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', hostId: there.id })
  expect(await listKept(viewer, ve.id)).toEqual([])
})

/** A move that got stuck: the destination, which may have the VE, did not answer. */
async function stuckMove(veId: string, to: { id: string; name: string }) {
  const place = { address: 'simulated', port: 22 }
  const output = {
    epoch: 1,
    source: { ...place, id: fleet.hostId, name: 'here' },
    target: { ...place, ...to },
  }
  const operation = await db().operation.create({
    data: {
      ...{ type: 've-move', title: 'Move it', status: 'stuck', actorName: 'test', queue: `ve:${veId}` },
      ...{ accountId: fleet.accountId, hostId: fleet.hostId, veId },
      input: { veId, hostId: to.id, kind: 'live', keep: false, timeoutSeconds: 5 },
      problem: { type: 'about:blank', title: 'x', status: 502, code: 'link-lost', detail: 'Lost.' },
      steps: {
        create: ['look', 'offer', 'freeze', 'activate'].map((name, index) => ({ index, name, label: name })),
      },
    },
  })
  const step = (name: string, data: object) =>
    db().operationStep.updateMany({ where: { operationId: operation.id, name }, data })
  await step('look', { status: 'done', output })
  await step('offer', { status: 'done', output: {} })
  await step('freeze', { status: 'undo_failed', output: { release: 'f'.repeat(64), at: 0 } })
  await step('activate', { status: 'failed' })
  const problem = { code: 'link-lost', detail: 'It stands still.' }
  const data = { state: 'failed' as const, movingToId: to.id, epoch: 2, problem }
  await db().ve.update({ where: { id: veId }, data })
  return operation.id
}

test('a stuck move goes on being taken back by itself once both hosts answer', async () => {
  const ve = await make('patient')
  const id = await stuckMove(ve.id, there)
  await db().operation.update({ where: { id }, data: { endedAt: new Date(Date.now() - 60_000) } })
  await eventually(async () => (await readOperation(id)).status === 'failed')
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', hostId: fleet.hostId, movingToId: null })
})

test('a stuck move that was released leaves the VE as it is, and trying again goes on taking it back', async () => {
  const ve = await make('standing')
  const id = await stuckMove(ve.id, there)
  await transaction((tx) => releaseOperation(tx, id, ACTOR, 'It does not come back.'))
  expect(await veOf(ve.id)).toMatchObject({
    ...{ state: 'failed', movingToId: null },
    problem: { detail: 'It stands still.' },
  })
  const answers = { ...there, status: 'online' as const }
  await expect(refuseUnsettledTo(db(), answers)).rejects.toThrow(/may have the VE of “Move it”/)
  await refuseUnsettledTo(db(), { ...answers, status: 'offline' })
  const { operationId } = await transaction((tx) => retryOperation(tx, id, ACTOR))
  expect(operationId).toBe(id)
  const { steps } = await ended(id)
  expect(steps.map(({ status }) => status)).toEqual(['done', 'undone', 'undone', 'failed'])
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', hostId: fleet.hostId, movingToId: null })
  await refuseUnsettledTo(db(), answers)
})

test('one that is destroyed while its move is stuck keeps no host from being removed', async () => {
  const ve = await make('given-up', false)
  const gone = await makeNeighbour(fleet, 'unused')
  await stuckMove(ve.id, gone)
  expect(await ended(await enqueueOnVe(fleet, ve.id, 've-destroy'))).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'destroyed', movingToId: null })
  await db().host.delete({ where: { id: gone.id } })
})

test('a host that never came back and was removed is not waited for', async () => {
  const ve = await make('orphan')
  const gone = await makeNeighbour(fleet, 'gone')
  const id = await stuckMove(ve.id, gone)
  await transaction((tx) => releaseOperation(tx, id, ACTOR, 'It burnt down.'))
  await db().host.delete({ where: { id: gone.id } })
  await transaction((tx) => retryOperation(tx, id, ACTOR))
  expect(await ended(id)).toMatchObject({ status: 'failed' })
  expect(await veOf(ve.id)).toMatchObject({
    state: 'running',
    hostId: fleet.hostId,
    epoch: 3,
    movingToId: null,
  })
})
