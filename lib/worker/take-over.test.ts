/** Worker processes that die, for real, in the middle of an operation. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { db } from '../db/client.ts'
import {
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeFleet,
  makeVe,
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'
import { endProcess, startWorkerProcess } from './test-worker-process.ts'

let database: { drop(): Promise<void> }
let fleet: Fleet
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-take-over-'))
const children: ChildProcess[] = []

beforeAll(async () => {
  database = await useTestDatabase()
  fleet = await makeFleet()
})
afterEach(async () => {
  for (const child of children.splice(0)) await endProcess(child, 'SIGKILL')
})
afterAll(async () => {
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

async function startProcess(): Promise<ChildProcess> {
  const child = await startWorkerProcess({ CORRAL_DATA: dataDir })
  children.push(child)
  return child
}

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })

/** Begins a slow creation with a stop behind it, and waits until a worker is in the middle of it. */
async function beginCreation() {
  const ve = await makeVe(fleet, 'slow-create')
  const create = await enqueueOnVe(fleet, ve.id, 've-create', { start: true })
  const stop = await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 })
  const running = await eventually(async () => {
    const operation = await readOperation(create)
    return operation.steps[0]?.status === 'running' && operation
  })
  return { ve, create, stop, workerId: running.workerId ?? '' }
}

async function expectFinished({ ve, create, stop, workerId }: Awaited<ReturnType<typeof beginCreation>>) {
  const created = await ended(create, 25_000)
  expect(created).toMatchObject({ status: 'succeeded', problem: null })
  expect(created.workerId).not.toBe(workerId)
  const stopped = await ended(stop)
  expect(stopped.status).toBe('succeeded')
  // The queue's order held: what waited behind the dead worker's operation began after it.
  expect(stopped.startedAt?.getTime()).toBeGreaterThanOrEqual(created.endedAt?.getTime() ?? Infinity)
  expect((await veOf(ve.id)).state).toBe('stopped')
}

test('after kill -9 the next worker goes on where the dead one was', async () => {
  const first = await startProcess()
  const begun = await beginCreation()
  await endProcess(first, 'SIGKILL')
  await startProcess()
  await expectFinished(begun)
  const dead = await db().worker.findUniqueOrThrow({ where: { id: begun.workerId } })
  expect(dead.stoppedAt).not.toBeNull()
}, 60_000)

test('a worker that runs beside takes over, and takes over the watching of hosts', async () => {
  const both = await Promise.all([startProcess(), startProcess()])
  const begun = await beginCreation()
  const { pid, runnerIds } = await db().worker.findUniqueOrThrow({ where: { id: begun.workerId } })
  const locks = await db().$queryRaw<{ locked_by: string }[]>`
    SELECT locked_by FROM graphile_worker.jobs WHERE locked_by IS NOT NULL`
  expect(runnerIds).toContain(locks[0]?.locked_by)
  const holder = both.find((child) => child.pid === pid)
  if (!holder) throw new Error('Neither has the operation.')
  await endProcess(holder, 'SIGKILL')
  await expectFinished(begun)
  await eventually(async () => {
    const host = await db().host.findUniqueOrThrow({ where: { id: fleet.hostId } })
    return host.leasedBy !== null && host.leasedBy !== begun.workerId
  })
}, 60_000)

test('a worker that is asked to stop lets go at once, and another goes on', async () => {
  const first = await startProcess()
  const begun = await beginCreation()
  await endProcess(first, 'SIGTERM')
  expect(first.exitCode).toBe(0)
  expect(await readOperation(begun.create)).toMatchObject({ status: 'running', workerId: null })
  await startProcess()
  await expectFinished(begun)
}, 60_000)
