/** Snapshots, by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatedHost } from '../../agents/sim/simulated-host.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { GIB } from '../contract/units.ts'
import { db, transaction } from '../db/client.ts'
import { cancelOperation, retryOperation } from '../operations/control.ts'
import { createVeFromSnapshot } from '../snapshots/clone.ts'
import { createSnapshot, deleteSnapshot, rollBackToSnapshot } from '../snapshots/commands.ts'
import { mountSnapshot, unmountSnapshot } from '../snapshots/mount.ts'
import { noteBoot } from './samples/note-boot.ts'
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
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let viewer: Viewer
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
  const role = { accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] } as const
  const memberships = [{ accountId: fleet.accountId, ...role }]
  viewer = { userId: 'u', name: 'Uma', email: 'uma@example.org', memberships, via: 'session' }
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })
const rowOf = (id: string) => db().snapshot.findUnique({ where: { id } })
const observedOf = async (id: string) => (await veOf(id)).observed as ObservedVe

async function run(veId: string, type: Parameters<typeof enqueueOnVe>[2], more: object = {}) {
  return ended(await enqueueOnVe(fleet, veId, type, { ...more }))
}
async function made(name: string, start = true) {
  const ve = await makeVe(fleet, name)
  expect(await run(ve.id, 've-create', { start })).toMatchObject({ status: 'succeeded' })
  return ve
}
async function take(veId: string, name: string, memory = false) {
  const { snapshot, operationId } = await createSnapshot(viewer, veId, { name, memory })
  return { id: snapshot.id, operationId, operation: await ended(operationId) }
}
const rollBack = async (id: string, input: object = {}) =>
  ended((await rollBackToSnapshot(viewer, id, { timeoutSeconds: 1, ...input })).operationId)
const done = { status: 'succeeded' }

test('a snapshot of the disk: taken while it runs, gone back to, deleted', async () => {
  const ve = await made('disk')
  const first = await take(ve.id, 'first')
  expect(first.operation).toMatchObject(done)
  expect(await rowOf(first.id)).toMatchObject({
    state: 'ready',
    memory: false,
    takenAt: expect.any(Date),
    bytes: expect.any(BigInt),
    parentId: null,
    createdByName: 'Uma',
  })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running' })
  const second = await take(ve.id, 'second')
  const operation = await rollBack(first.id)
  expect(operation).toMatchObject(done)
  expect(operation.steps.map(({ status }) => status)).toEqual(Array(6).fill('done'))
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { state: 'running' } })
  expect(await rowOf(first.id)).toMatchObject({ rolledBackAt: expect.any(Date) })
  const third = await take(ve.id, 'third')
  expect((await rowOf(second.id))?.parentId).toBe(first.id)
  expect((await rowOf(third.id))?.parentId).toBe(first.id)
  expect(await ended((await deleteSnapshot(viewer, first.id)).operationId)).toMatchObject(done)
  expect(await rowOf(first.id)).toBeNull()
  expect((await rowOf(third.id))?.parentId).toBeNull()
})

test('what its host sees them take is written down, and one more than fits is refused there', async () => {
  const ve = await made('full')
  const first = await take(ve.id, 'first')
  const held = Number((await veOf(ve.id)).snapshotBytes)
  expect(held).toBe(Number((await rowOf(first.id))?.bytes))
  // The panel was told nothing since; the VE's disk became as small as that.
  await db().ve.update({ where: { id: ve.id }, data: { snapshotBytes: null, diskBytes: held } })
  const second = await take(ve.id, 'second')
  expect(second.operation).toMatchObject({ status: 'failed', problem: { code: 'too-many-snapshots' } })
  expect(await rowOf(second.id)).toMatchObject({ state: 'failed' })
  for (const { id } of [first, second]) await ended((await deleteSnapshot(viewer, id)).operationId)
  expect(Number((await veOf(ve.id)).snapshotBytes)).toBe(0)
})

test('with memory it goes on, or waits hibernated; without a start a disk waits stopped', async () => {
  const ve = await made('memory')
  const { id } = await take(ve.id, 'with memory', true)
  const plain = await take(ve.id, 'without')
  expect(await rollBack(id)).toMatchObject(done)
  expect(await veOf(ve.id)).toMatchObject({ state: 'running' })
  expect(await rollBack(id, { start: false })).toMatchObject(done)
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', startedAt: null })
  expect((await observedOf(ve.id)).checkpoint?.at).toBe((await rowOf(id))?.takenAt?.getTime())
  await expect(rollBackToSnapshot(viewer, plain.id)).rejects.toMatchObject({
    code: 've-state-forbids',
    fields: { discardMemory: expect.any(String) },
  })
  expect(await rollBack(plain.id, { discardMemory: true })).toMatchObject(done)
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', observed: { checkpoint: null } })
  await expect(createSnapshot(viewer, ve.id, { name: 'no', memory: true })).rejects.toMatchObject({
    code: 've-state-forbids',
  })
  expect((await take(ve.id, 'stopped')).operation).toMatchObject(done)
})

test('what cannot be taken stays in the list with the reason, and can be tried again or deleted', async () => {
  const ve = await made('fail-snapshot')
  const { id, operationId } = await take(ve.id, 'never')
  expect(await rowOf(id)).toMatchObject({ state: 'failed', problem: { code: 'agent-failed' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', problem: null })
  await expect(rollBackToSnapshot(viewer, id)).rejects.toMatchObject({ code: 'conflict' })
  const again = await transaction((tx) => retryOperation(tx, operationId, ACTOR))
  await ended(again.operationId)
  expect(await ended((await deleteSnapshot(viewer, id)).operationId)).toMatchObject(done)
  await expect(transaction((tx) => retryOperation(tx, operationId, ACTOR))).rejects.toThrow(/ask for it anew/)
})

test('one that waits and is given up is not there, and one whose deletion is given up is', async () => {
  const ve = await made('slow-snapshot')
  const slow = await createSnapshot(viewer, ve.id, { name: 'slow' })
  const waiting = await createSnapshot(viewer, ve.id, { name: 'waiting' })
  await expect(deleteSnapshot(viewer, waiting.snapshot.id)).rejects.toMatchObject({ code: 'conflict' })
  await eventually(async () => (await readOperation(slow.operationId)).status === 'running')
  await transaction((tx) => cancelOperation(tx, waiting.operationId))
  expect(await rowOf(waiting.snapshot.id)).toMatchObject({ state: 'failed', problem: { code: 'cancelled' } })
  await ended(slow.operationId)
  const other = await createSnapshot(viewer, ve.id, { name: 'other' })
  const deletion = await deleteSnapshot(viewer, slow.snapshot.id)
  await expect(deleteSnapshot(viewer, slow.snapshot.id)).rejects.toMatchObject({ code: 'conflict' })
  await expect(rollBackToSnapshot(viewer, slow.snapshot.id)).rejects.toMatchObject({ code: 'conflict' })
  await transaction((tx) => cancelOperation(tx, deletion.operationId))
  expect(await rowOf(slow.snapshot.id)).toMatchObject({ state: 'ready' })
  expect(await ended(other.operationId)).toMatchObject(done)
})

test('a disk that cannot be brought back is as it was: what ran runs again', async () => {
  const ve = await made('fail-rollback')
  const { id } = await take(ve.id, 'before')
  const failed = await rollBack(id)
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
  expect(failed.steps.map(({ status }) => status)).toEqual([
    'done',
    'done',
    'done',
    'undone',
    'failed',
    'waiting',
  ])
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', problem: { code: 'agent-failed' } })
  const host = new SimulatedHost('again', simulatedDisk(fleet.hostId))
  const { ves } = await host.call('ve-state', { veid: ve.veid }, { key: crypto.randomUUID() })
  expect(ves).toMatchObject([{ state: 'running' }])
})

test('a snapshot that its host has lost stops nothing', async () => {
  const ve = await made('lost')
  const { startedAt } = await veOf(ve.id)
  const other = await db().snapshot.create({
    data: {
      ...{ veId: ve.id, accountId: ve.accountId, name: 'nowhere', memory: false, state: 'ready' as const },
      ...{ limits: {}, createdByName: 'test' },
    },
  })
  expect(await rollBack(other.id)).toMatchObject({ status: 'failed', problem: { code: 'not-found' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', startedAt })
})

test('nothing is thrown away or stopped for what was not so when it was asked for, or does not go with it any more', async () => {
  const ve = await made('came-to-sleep')
  const { id } = await take(ve.id, 'before')
  // Asked for while it ran, behind the hibernation that somebody else asked for.
  const hibernation = await enqueueOnVe(fleet, ve.id, 've-hibernate')
  const input = { snapshotId: id, memory: false, start: true, timeoutSeconds: 1 }
  const late = await enqueueOnVe(fleet, ve.id, 've-snapshot-rollback', input)
  expect(await ended(hibernation)).toMatchObject(done)
  expect(await ended(late)).toMatchObject({ status: 'failed', problem: { code: 've-state-forbids' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated' })
  expect((await observedOf(ve.id)).checkpoint).not.toBeNull()

  const other = await made('misfit-rollback')
  const kept = await take(other.id, 'other interfaces', true)
  const since = (await veOf(other.id)).startedAt
  const refused = await rollBack(kept.id)
  expect(refused).toMatchObject({ status: 'failed', problem: { code: 'conflict' } })
  expect(refused.steps.map(({ status }) => status).slice(0, 2)).toEqual(['failed', 'waiting'])
  expect(await veOf(other.id)).toMatchObject({ state: 'running', startedAt: since })
})

test('a memory that cannot be brought back is kept: the VE is hibernated, on the disk of then', async () => {
  const ve = await made('fail-resume')
  const { id } = await take(ve.id, 'memory', true)
  expect(await rollBack(id)).toMatchObject({ status: 'failed', problem: { code: 'restore-failed' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'hibernated', problem: { code: 'restore-failed' } })
  expect(await rowOf(id)).toMatchObject({ rolledBackAt: expect.any(Date) })
})

test('mounted on its host until it is unmounted, or the host boots', async () => {
  const ve = await made('mounted', false)
  const { id } = await take(ve.id, 'look inside')
  const mounted = await ended((await mountSnapshot(viewer, id)).operationId)
  const path = `/run/corral/snapshots/${id}`
  expect(mounted).toMatchObject({ ...done, result: { path } })
  expect(await rowOf(id)).toMatchObject({ mountedAt: path })
  expect(await ended((await unmountSnapshot(viewer, id)).operationId)).toMatchObject(done)
  expect(await rowOf(id)).toMatchObject({ mountedAt: null })
  await ended((await mountSnapshot(viewer, id)).operationId)
  await transaction((tx) => noteBoot(tx, fleet.hostId))
  expect(await rowOf(id)).toMatchObject({ mountedAt: null })
})

test('a restarted host finds them again; destroyed with their VE they are gone', async () => {
  const ve = await made('remembered', false)
  const { id } = await take(ve.id, 'kept')
  const host = new SimulatedHost('restarted', simulatedDisk(fleet.hostId))
  const key = { veid: ve.veid, uuid: ve.id, epoch: 1 }
  const { snapshots } = await host.call('ve-snapshot-list', key, { key: 'y' })
  expect(snapshots).toMatchObject([{ id, memory: false }])
  expect(await run(ve.id, 've-destroy')).toMatchObject(done)
  expect(await rowOf(id)).toBeNull()
})

// Last: the command takes the numbers that makeVe would.
test('a VE is made from a snapshot: on its host, with ids and an address of its own, and nothing of the other changes', async () => {
  const ve = await made('origin')
  const { id } = await take(ve.id, 'to copy')
  const has = { memoryBytes: 64 * GIB, diskBytes: 1000 * GIB }
  await db().host.update({ where: { id: fleet.hostId }, data: has })
  const input = { name: 'copy', hostname: 'copy.example.org', start: true, interfaces: [] }
  const asked = await createVeFromSnapshot(viewer, id, input)
  expect(await ended(asked.operationId)).toMatchObject(done)
  const [one, other] = [await veOf(ve.id), await veOf(asked.ve.id)]
  expect(other).toMatchObject({ state: 'running', hostId: one.hostId, templateId: one.templateId })
  expect(other.storage).toBe(one.storage)
  expect(other.diskBytes).toBe(one.diskBytes)
  expect(other.veid).not.toBe(one.veid)
  expect(other.idBase).not.toBe(one.idBase)
  expect(one).toMatchObject({ state: 'running' })
  // What is gone by then fails the creation, and it can be tried again only with it.
  const late = await createVeFromSnapshot(viewer, id, { ...input, name: 'late' })
  await db().snapshot.delete({ where: { id } })
  expect(await ended(late.operationId)).toMatchObject({ status: 'failed', problem: { code: 'not-found' } })
  expect(await veOf(late.ve.id)).toMatchObject({ state: 'failed' })
})
