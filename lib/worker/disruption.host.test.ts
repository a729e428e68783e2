/** A real host, a real VE, and what breaks in the middle: the worker, the connection, the host itself. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { db } from '../db/client.ts'
import { hostFootprint, leaks } from '../lab/host-footprint.ts'
import { bootHost, killHost } from '../lab/host-power.ts'
import { openHostShell } from '../lab/host-shell.ts'
import type { RaisedLab } from '../lab/lab-state.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { ensureSealingKey } from './keys.ts'
import {
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeVe,
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'
import { enrolLabFleet } from './test-lab-fleet.ts'
import { endProcess, startWorkerProcess } from './test-worker-process.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-disruption-'))
const labDir = path.join(dir, 'lab')
const agent = path.join(dir, 'agent.js')
let database: { drop(): Promise<void> }
let lab: RaisedLab
let worker: ChildProcess
let fleet: Fleet
let before: string[]

const startWorker = async () => {
  worker = await startWorkerProcess({ CORRAL_DATA: dir, CORRAL_AGENT: agent })
}
const labHost = () => {
  const [host] = lab.hosts
  if (!host) throw new Error('The lab has no host.')
  return host
}

/** Runs commands as root on the lab host, over a connection of the test's own. */
async function onHost<T>(
  task: (execute: (argv: readonly string[]) => Promise<string>) => Promise<T>,
): Promise<T> {
  const shell = await openHostShell(labHost())
  try {
    return await task(shell.execute)
  } finally {
    shell.close()
  }
}

const footprint = async () => (await onHost(hostFootprint)).filter(leaks)

beforeAll(async () => {
  await buildAgent(agent)
  lab = await raiseLab({ dir: labDir, hosts: 1, name: 'disrupt' })
  database = await useTestDatabase()
  await ensureSealingKey(dir)
  await startWorker()
  fleet = await enrolLabFleet(labHost())
  // The first VE of a host leaves empty folders and crun's cache of its seccomp filter; those are meant to stay.
  const first = await beginCreation('first')
  await ended(first.operationId)
  await clear(first.ve.id)
  before = await footprint()
}, 900_000)

afterAll(async () => {
  if (worker) await endProcess(worker, 'SIGTERM')
  await database?.drop()
  await lowerLab(labDir, { erase: true })
  rmSync(dir, { recursive: true })
})

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })

/** Begins a creation and waits until the agent has said something of it. */
async function beginCreation(name: string) {
  const ve = await makeVe(fleet, name)
  const operationId = await enqueueOnVe(fleet, ve.id, 've-create', { start: true })
  await eventually(async () => (await readOperation(operationId)).steps[0]?.detail)
  return { ve, operationId }
}

async function expectRunningAndClear(veId: string, operationId: string) {
  const operation = await ended(operationId, 180_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
  expect(await veOf(veId)).toMatchObject({ state: 'running', observed: { state: 'running' } })
  await clear(veId)
  await expectNothingLeft()
}

async function clear(veId: string) {
  await ended(await enqueueOnVe(fleet, veId, 've-stop', { timeoutSeconds: 0 }))
  await ended(await enqueueOnVe(fleet, veId, 've-destroy'))
  expect((await veOf(veId)).state).toBe('destroyed')
}

async function expectNothingLeft() {
  // The kernel takes a veth away a moment after its namespace.
  await eventually(async () => JSON.stringify(await footprint()) === JSON.stringify(before)).catch(async () =>
    expect(await footprint()).toEqual(before),
  )
}

test('the worker is killed in the middle of a creation: the next one finishes it', async () => {
  const { ve, operationId } = await beginCreation('killed')
  await endProcess(worker, 'SIGKILL')
  await startWorker()
  await expectRunningAndClear(ve.id, operationId)
})

test('the connections break in the middle of a creation: nothing is lost', async () => {
  const { ve, operationId } = await beginCreation('dropped')
  // All sessions of sshd but the one that this command came by.
  const script =
    'for pid in $(pgrep -f "^sshd-session: root"); do [ "$pid" = "$PPID" ] || kill -9 "$pid"; done'
  await onHost((execute) => execute(['sh', '-c', script]))
  await expectRunningAndClear(ve.id, operationId)
})

test('a creation that is cancelled leaves nothing on the host', async () => {
  const { ve, operationId } = await beginCreation('cancelled')
  await db().operation.update({ where: { id: operationId }, data: { cancelRequestedAt: new Date() } })
  const operation = await ended(operationId, 60_000)
  // It may have been done before the cancel was seen.
  if (operation.status === 'succeeded')
    await ended(await enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0 }))
  await ended(await enqueueOnVe(fleet, ve.id, 've-destroy'))
  await expectNothingLeft()
})

test('the host loses power: it goes offline, comes back, and what ran is started again', async () => {
  const { ve, operationId } = await beginCreation('powerless')
  await ended(operationId)
  const status = async () => (await db().host.findUniqueOrThrow({ where: { id: fleet.hostId } })).status
  await killHost(labDir, labHost().name)
  await eventually(async () => (await status()) === 'offline', 60_000)
  await bootHost(labDir, labHost().name)
  await eventually(async () => (await status()) === 'online', 60_000)
  const start = await eventually(
    () => db().operation.findFirst({ where: { veId: ve.id, title: { contains: 'its host booted' } } }),
    60_000,
  )
  expect(await ended(start.id, 60_000)).toMatchObject({ status: 'succeeded' })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { state: 'running' } })
  await clear(ve.id)
})
