/** Hosts that are evacuated, by a real worker on a real database and simulated hosts. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { loadViewer } from '../auth/load-viewer.ts'
import type { Viewer } from '../auth/viewer.ts'
import { db } from '../db/client.ts'
import { evacuateHost, planEvacuation } from '../fleet/commands.ts'
import { getEvacuation } from '../fleet/queries.ts'
import type { EvacuateInput, FleetPlan } from '../fleet/resource.ts'
import { setMaintenance } from '../hosts/maintenance.ts'
import { cancelOperation, retryOperation } from '../operations/commands.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import {
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
import { makeActor } from './test-roll-out.ts'
import { endProcess, startWorkerProcess } from './test-worker-process.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let viewer: Viewer
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-evacuate-test-'))
const start = () => startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await start()
})
beforeEach(async () => {
  fleet = await makeFleet()
  await makeNeighbour(fleet, 'first')
  await makeNeighbour(fleet, 'second')
  const found = await loadViewer(await makeActor(fleet), { via: 'session' })
  if (!found) throw new Error('The admin that was just made is not there.')
  viewer = found
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

async function make(names: string[], { run = true, spreadGroup = null as string | null } = {}) {
  const made = []
  for (const name of names) {
    const ve = await makeVe(fleet, name)
    await db().ve.update({ where: { id: ve.id }, data: { spreadGroup } })
    expect(await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: run }))).toMatchObject({
      status: 'succeeded',
    })
    made.push(ve)
  }
  return made
}

async function plan(restart = false): Promise<{ planId: string; plan: FleetPlan }> {
  const { operationId } = await planEvacuation(viewer, fleet.hostId, { restart })
  const done = await ended(operationId)
  expect(done, JSON.stringify(done.problem)).toMatchObject({ status: 'succeeded' })
  return { planId: operationId, plan: done.result as FleetPlan }
}

async function begin(more: Partial<EvacuateInput> = {}): Promise<string> {
  const { planId } = await plan()
  return (await evacuateHost(viewer, fleet.hostId, { planId, ...more })).operationId
}
const partsOf = (parentId: string) => db().operation.findMany({ where: { parentId }, orderBy: { id: 'asc' } })
const placesOf = async () => {
  const ves = await db().ve.findMany({ where: { accountId: fleet.accountId }, orderBy: { veid: 'asc' } })
  return ves.map(({ hostId, state }) => [hostId === fleet.hostId ? 'here' : 'away', state])
}
const host = () => db().host.findUniqueOrThrow({ where: { id: fleet.hostId } })

test('every VE that can leave does, by a move of its own; the host is in maintenance from the beginning', async () => {
  await make(['one', 'two'], { spreadGroup: 'web' })
  await make(['three'])
  await make(['stopped'], { run: false })
  const [kept] = await make(['hibernated'])
  await ended(await enqueueOnVe(fleet, kept?.id as string, 've-hibernate'))
  const { planId, plan: planned } = await plan()
  expect(planned.moves.map(({ kind }) => kind).sort()).toEqual(['cold', 'live', 'live', 'live'])
  expect(planned.stay).toMatchObject([
    { ve: { id: kept?.id }, reasons: [expect.stringMatching(/hibernated.*Resume/)] },
  ])
  const web = planned.moves.filter(({ ve }) => /^(one|two)/.test(ve.name))
  expect(new Set(web.map(({ to }) => to.id)).size).toBe(2)
  expect(await placesOf()).toEqual([
    ['here', 'running'],
    ['here', 'running'],
    ['here', 'running'],
    ['here', 'stopped'],
    ['here', 'hibernated'],
  ])

  const { operationId } = await evacuateHost(viewer, fleet.hostId, { planId })
  expect(await host()).toMatchObject({ maintenanceAt: expect.any(Date), status: 'maintenance' })
  await expect(setMaintenance(viewer, fleet.hostId, { on: false })).rejects.toMatchObject({
    code: 'conflict',
  })
  await expect(evacuateHost(viewer, fleet.hostId, { planId })).rejects.toMatchObject({ code: 'conflict' })
  const done = await ended(operationId, 30_000)
  expect(done).toMatchObject({ status: 'succeeded', result: { moved: 4, passed: [], failed: [] } })
  expect(done.steps[1]).toMatchObject({ detail: '4 of 4' })
  expect(await placesOf()).toEqual([
    ['away', 'running'],
    ['away', 'running'],
    ['away', 'running'],
    ['away', 'stopped'],
    ['here', 'hibernated'],
  ])
  expect((await getEvacuation(viewer, fleet.hostId)).progress).toMatchObject({ total: 4, moved: 4, open: [] })
  expect(await host()).toMatchObject({ status: 'maintenance' })
  await setMaintenance(viewer, fleet.hostId, { on: false })
})

test('what fails stays, is named, and stops no other', async () => {
  await make(['fail-move-freeze', 'good', 'better'])
  const done = await ended(await begin(), 30_000)
  expect(done).toMatchObject({ status: 'failed', problem: { code: 'move-impossible' } })
  expect((done.problem as { detail: string }).detail).toMatch(
    /^One of 3 did not move\. fail-move-freeze-\d+: /,
  )
  expect(await placesOf()).toEqual([
    ['here', 'running'],
    ['away', 'running'],
    ['away', 'running'],
  ])
  const { progress } = await getEvacuation(viewer, fleet.hostId)
  expect(progress).toMatchObject({
    moved: 2,
    failed: 1,
    open: [{ status: 'failed', text: expect.any(String) }],
  })
})

test('no more moves at once than asked for; cancelled, those under way end and none begins', async () => {
  await make(['slow-move', 'slow-move', 'slow-move'])
  const id = await begin({ perPair: 1, atOnce: 2 })
  const running = await eventually(async () => {
    const parts = await partsOf(id)
    return parts.length === 2 && parts.every(({ status }) => status === 'running') && parts
  })
  await cancelOperation(viewer, id)
  expect(await ended(id)).toMatchObject({ status: 'cancelled' })
  for (const part of running) expect(await ended(part.id, 30_000)).toMatchObject({ status: 'succeeded' })
  expect(await partsOf(id)).toHaveLength(2)
  expect((await placesOf()).map(([place]) => place).sort()).toEqual(['away', 'away', 'here'])
  expect(await host()).toMatchObject({ status: 'maintenance' })
}, 60_000)

test('a move that is refused when its turn comes is named, and the others go; tried again only that is moved', async () => {
  await make(['one', 'two'])
  const { planId, plan: planned } = await plan()
  const shut = planned.moves[0]?.to.id as string
  await db().host.update({ where: { id: shut }, data: { maintenanceAt: new Date(), status: 'maintenance' } })
  const { operationId } = await evacuateHost(viewer, fleet.hostId, { planId })
  const done = await ended(operationId, 30_000)
  expect(done).toMatchObject({
    status: 'failed',
    steps: [{}, { output: { moved: 1, failed: [{ operationId: null }] } }, {}],
  })
  expect((done.problem as { detail: string }).detail).toMatch(/is in maintenance/)
  await setMaintenance(viewer, shut, { on: false })
  const again = await retryOperation(viewer, done.id)
  const result = { moved: 1, failed: [], passed: [expect.any(String)] }
  expect(await ended(again.operationId, 30_000)).toMatchObject({ status: 'succeeded', result })
  expect((await placesOf()).map(([place]) => place)).toEqual(['away', 'away'])
})

test('a worker that is killed in the middle: another goes on, and each VE is moved once', async () => {
  await make(['slow-move', 'four', 'five'])
  const { planId } = await plan()
  await worker.stop()
  const doomed = await startWorkerProcess({ CORRAL_DATA: dataDir })
  onTestFinished(() => endProcess(doomed, 'SIGKILL'))
  const { operationId } = await evacuateHost(viewer, fleet.hostId, { planId, perPair: 1, atOnce: 2 })
  await eventually(
    async () => (await partsOf(operationId)).some(({ status }) => status === 'running'),
    30_000,
  )
  await endProcess(doomed, 'SIGKILL')
  worker = await start()
  const done = await ended(operationId, 90_000)
  expect(done, JSON.stringify(done.problem)).toMatchObject({ status: 'succeeded', result: { moved: 3 } })
  expect(await partsOf(operationId)).toHaveLength(3)
  expect((await placesOf()).every(([place, state]) => place === 'away' && state === 'running')).toBe(true)
}, 150_000)

test('it is the provider’s, asked with the latest plan', async () => {
  await make(['one'])
  const old = await plan()
  await plan()
  await expect(evacuateHost(viewer, fleet.hostId, { planId: old.planId })).rejects.toMatchObject({
    fields: { planId: expect.any(String) },
  })
  const watcher = {
    ...viewer,
    memberships: viewer.memberships.map((each) => ({ ...each, role: 'viewer' as const })),
  }
  await expect(planEvacuation(watcher, fleet.hostId, {})).rejects.toMatchObject({ code: 'forbidden' })
  const customer = {
    ...viewer,
    memberships: viewer.memberships.map((each) => ({ ...each, accountKind: 'customer' as const })),
  }
  await expect(getEvacuation(customer, fleet.hostId)).rejects.toMatchObject({ code: 'forbidden' })
  expect(await readOperation(old.planId)).toMatchObject({ status: 'succeeded' })
})
