/** Roll-outs by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { db, transaction } from '../db/client.ts'
import { cancelOperation, retryOperation } from '../operations/control.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, eventually, type Fleet, makeFleet, readOperation, useTestDatabase } from './test-fleet.ts'
import { makeActor, makePlan } from './test-roll-out.ts'
import { endProcess, startWorkerProcess } from './test-worker-process.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let actor: { userId: string; name: string }
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-roll-out-test-'))
const start = () => startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await start()
  fleet = await makeFleet()
  actor = { userId: await makeActor(fleet), name: 'Ada Admin' }
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

type Plan = Awaited<ReturnType<typeof makePlan>>

async function begin({ planId }: Plan): Promise<string> {
  const { operationId } = await transaction((tx) =>
    enqueueOperation(tx, {
      type: 'plan-roll-out',
      input: { planId, version: 2 },
      title: 'Roll out',
      actor,
      accountId: fleet.accountId,
      planId,
    }),
  )
  return operationId
}

/** How many VEs have the second version, and have what it gives. */
async function withSecond({ veIds, second }: Plan): Promise<number> {
  const ves = await db().ve.findMany({ where: { id: { in: veIds }, planVersionId: second } })
  expect(ves.every((ve) => limitsOfRow(ve).cpuUnits === 2000)).toBe(true)
  return ves.length
}
const partsOf = (parentId: string) =>
  db().operation.findMany({ where: { parentId }, orderBy: { createdAt: 'asc' } })
const many = (count: number) => Array.from({ length: count }, () => 'generic')

test('every VE is given the version: one, a tenth, the rest; each by a change of its own', async () => {
  const plan = await makePlan(fleet, many(12))
  const done = await ended(await begin(plan))
  expect(done).toMatchObject({ status: 'succeeded', result: { leftOut: [] } })
  expect(done.steps.slice(1).map(({ output }) => output)).toEqual([
    { changed: 1, passed: 0 },
    { changed: 2, passed: 0 },
    { changed: 9, passed: 0 },
  ])
  expect(await withSecond(plan)).toBe(12)
  const parts = await partsOf(done.id)
  expect(parts).toHaveLength(12)
  // The next stage began when the one before had ended.
  const [first, ...others] = parts
  for (const { createdAt } of others)
    expect(createdAt.getTime()).toBeGreaterThanOrEqual(first?.endedAt?.getTime() ?? Infinity)
})

test('the first failure stops it: the rest keep what they had; tried again it goes on with them', async () => {
  const plan = await makePlan(fleet, ['generic', 'fail-configure', ...many(7)])
  const failed = await ended(await begin(plan))
  expect(failed).toMatchObject({
    status: 'failed',
    problem: { detail: expect.stringMatching(/^fail-configure-/) },
  })
  expect(failed.steps.map(({ status }) => status)).toEqual(['done', 'done', 'failed', 'waiting'])
  expect(await withSecond(plan)).toBeLessThanOrEqual(2)
  expect((await partsOf(failed.id)).length).toBeLessThanOrEqual(3)
  await db().ve.update({ where: { id: plan.veIds[1] as string }, data: { planVersionId: null } })
  const again = await transaction((tx) => retryOperation(tx, failed.id, actor))
  expect(await ended(again.operationId)).toMatchObject({ status: 'succeeded' })
  expect(await withSecond(plan)).toBe(8)
  // What was changed the first time was left alone the second.
  expect((await partsOf(again.operationId)).length).toBeLessThan(8)
}, 30_000)

test('cancelled, it asks for nothing more', async () => {
  const plan = await makePlan(fleet, ['slow-configure', ...many(5)])
  const operationId = await begin(plan)
  await eventually(async () => (await partsOf(operationId))[0]?.status === 'running')
  await transaction((tx) => cancelOperation(tx, operationId))
  expect(await ended(operationId)).toMatchObject({ status: 'cancelled' })
  const [only, ...more] = await partsOf(operationId)
  expect(more).toEqual([])
  expect(await ended(only?.id as string)).toMatchObject({ status: 'succeeded' })
  expect(await withSecond(plan)).toBe(1)
}, 30_000)

test('one that is gone, that has another plan, or cannot be changed is left alone', async () => {
  const plan = await makePlan(fleet, many(4))
  const [gone, other, broken] = plan.veIds as [string, string, string]
  await db().ve.update({ where: { id: gone }, data: { state: 'destroyed', destroyedAt: new Date() } })
  await db().ve.update({ where: { id: other }, data: { planVersionId: null } })
  const { name } = await db().ve.update({ where: { id: broken }, data: { state: 'failed' } })
  expect(await ended(await begin(plan))).toMatchObject({ status: 'succeeded', result: { leftOut: [name] } })
  expect(await withSecond(plan)).toBe(1)
})

test('in the name of who asked, with the rights of now', async () => {
  const plan = await makePlan(fleet, many(3))
  const userId = await makeActor(fleet)
  const mine = actor
  actor = { userId, name: 'Bea' }
  await db().membership.updateMany({ where: { userId }, data: { role: 'viewer' } })
  const failed = await ended(await begin(plan))
  actor = mine
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'forbidden' } })
  expect(await withSecond(plan)).toBe(0)
})

test('a worker that takes it over goes on where it was, and asks no VE twice', async () => {
  const plan = await makePlan(fleet, ['slow-configure', ...many(5)])
  const operationId = await begin(plan)
  await eventually(async () => (await partsOf(operationId))[0]?.status === 'running')
  await worker.stop()
  expect(await readOperation(operationId)).toMatchObject({ status: 'running', workerId: null })
  worker = await start()
  expect(await ended(operationId, 40_000)).toMatchObject({ status: 'succeeded' })
  expect(await withSecond(plan)).toBe(6)
  expect(await partsOf(operationId)).toHaveLength(6)
}, 60_000)

test('a worker killed in the middle of it is taken over too', async () => {
  await worker.stop()
  const doomed = await startWorkerProcess({ CORRAL_DATA: dataDir })
  onTestFinished(() => endProcess(doomed, 'SIGKILL'))
  const plan = await makePlan(fleet, ['slow-configure', ...many(3)])
  const operationId = await begin(plan)
  await eventually(async () => (await partsOf(operationId))[0]?.status === 'running')
  await endProcess(doomed, 'SIGKILL')
  worker = await start()
  expect(await ended(operationId, 60_000)).toMatchObject({ status: 'succeeded' })
  expect(await withSecond(plan)).toBe(4)
  expect(await partsOf(operationId)).toHaveLength(4)
}, 120_000)
