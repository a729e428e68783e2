/** Backups, by a real worker on a real database and a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimulatedHost } from '../../agents/sim/simulated-host.ts'
import type { Viewer } from '../auth/viewer.ts'
import { backUpVe, deleteBackup, recoverBackup, restoreBackup, verifyBackup } from '../backups/commands.ts'
import { setBackupSchedule } from '../backups/schedule.ts'
import { checkBackupStore, createBackupStore } from '../backups/stores.ts'
import { db, transaction } from '../db/client.ts'
import { retryOperation } from '../operations/control.ts'
import { backupSchedules } from './reconcilers/backup-schedules.ts'
import type { ReconcilerContext } from './reconcilers/reconciler.ts'
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
let viewer: Viewer
let storeId: string
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))
const done = { status: 'succeeded' }

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
  await db().host.update({ where: { id: fleet.hostId }, data: { memoryBytes: 2 ** 36, diskBytes: 2 ** 41 } })
  const pool = { name: 'pool', cidr: '10.9.0.0/24', first: '10.9.0.10', last: '10.9.0.99' }
  await db().addressPool.create({ data: pool })
  const role = { accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] } as const
  const memberships = [{ accountId: fleet.accountId, ...role }]
  viewer = { userId: 'u', name: 'Uma', email: 'uma@example.org', memberships, via: 'session' }
  const input = { name: 'main', hostId: fleet.hostId, path: '/vz/backup', perVeMost: 3 }
  const { store, operationId } = await createBackupStore(viewer, input)
  storeId = store.id
  expect(await ended(operationId)).toMatchObject(done)
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const veOf = (id: string) => db().ve.findUniqueOrThrow({ where: { id } })
const rowOf = (id: string) => db().backup.findUnique({ where: { id } })
const storeOf = (id: string) => db().backupStore.findUnique({ where: { id } })

async function run(veId: string, type: Parameters<typeof enqueueOnVe>[2], more: object = {}) {
  return ended(await enqueueOnVe(fleet, veId, type, { ...more }))
}
async function made(name: string, start = true) {
  const ve = await makeVe(fleet, name)
  expect(await run(ve.id, 've-create', { start })).toMatchObject(done)
  return ve
}
async function taken(veId: string) {
  const { backup, operationId } = await backUpVe(viewer, veId)
  return { id: backup.id, operationId, operation: await ended(operationId) }
}
const restored = async (id: string, input: object = {}) =>
  ended((await restoreBackup(viewer, id, { timeoutSeconds: 1, ...input })).operationId)

test('a store is looked at before it is used; one that its host refuses says why', async () => {
  expect(await storeOf(storeId)).toMatchObject({ state: 'ready', freeBytes: expect.any(BigInt) })
  const input = { name: 'other', hostId: fleet.hostId, path: '/vz/not-empty' }
  const { store, operationId } = await createBackupStore(viewer, input)
  expect(await ended(operationId)).toMatchObject({ status: 'failed' })
  expect(await storeOf(store.id)).toMatchObject({ state: 'failed', problem: { code: 'invalid-input' } })
  const { operationId: again } = await checkBackupStore(viewer, storeId)
  expect(await ended(again)).toMatchObject(done)
})

test('taken while the VE runs, verified, restored, deleted', async () => {
  const ve = await made('web')
  const { id, operation } = await taken(ve.id)
  expect(operation).toMatchObject(done)
  expect(await rowOf(id)).toMatchObject({
    ...{ state: 'ready', takenAt: expect.any(Date), digest: expect.stringMatching(/^sha256:/) },
    settings: { name: ve.name, templateId: fleet.templateId, limits: { diskBytes: 4 * 2 ** 30 } },
  })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running' })
  expect(await ended((await verifyBackup(viewer, id)).operationId)).toMatchObject(done)
  expect(await rowOf(id)).toMatchObject({ verifiedAt: expect.any(Date), problem: null })
  const operationOf = await restored(id)
  expect(operationOf).toMatchObject(done)
  expect(operationOf.steps.map(({ status }) => status)).toEqual(Array(6).fill('done'))
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', observed: { state: 'running' } })
  expect(await rowOf(id)).toMatchObject({ restoredAt: expect.any(Date) })
  expect(await restored(id, { start: false })).toMatchObject(done)
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped', startedAt: null })
  expect(await ended((await deleteBackup(viewer, id)).operationId)).toMatchObject(done)
  expect(await rowOf(id)).toBeNull()
})

test('one that was changed in the store is told so, stops no VE, and restores none', async () => {
  const ve = await made('changed')
  const { id } = await taken(ve.id)
  const { startedAt } = await veOf(ve.id)
  await db().backup.update({ where: { id }, data: { digest: `sha256:${'1'.repeat(64)}` } })
  const verified = await ended((await verifyBackup(viewer, id)).operationId)
  expect(verified).toMatchObject({ status: 'failed', problem: { code: 'backup-damaged' } })
  expect(await rowOf(id)).toMatchObject({ state: 'ready', problem: { code: 'backup-damaged' } })
  expect(await restored(id)).toMatchObject({ status: 'failed', problem: { code: 'backup-damaged' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', startedAt })
})

test('a disk that cannot be brought back is as it was: what ran runs again', async () => {
  const ve = await made('fail-recover')
  const { id } = await taken(ve.id)
  const failed = await restored(id)
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
  expect(failed.steps.map(({ status }) => status).slice(3)).toEqual(['undone', 'failed', 'waiting'])
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', problem: { code: 'agent-failed' } })
})

test('it outlives its VE, and another is made of it; a restarted host finds it again', async () => {
  const ve = await made('gone', false)
  const { id } = await taken(ve.id)
  const schedule = { every: 'day', hour: 3, keep: 2 } as const
  await setBackupSchedule(viewer, ve.id, schedule)
  expect(await run(ve.id, 've-destroy')).toMatchObject(done)
  expect(await db().backupSchedule.count({ where: { veId: ve.id } })).toBe(0)
  await expect(restoreBackup(viewer, id)).rejects.toMatchObject({ code: 've-state-forbids' })
  await expect(backUpVe(viewer, ve.id)).rejects.toMatchObject({ code: 've-state-forbids' })
  expect(await ended((await verifyBackup(viewer, id)).operationId)).toMatchObject(done)

  const recovery = await recoverBackup(viewer, id, { start: true })
  expect(await ended(recovery.operationId)).toMatchObject({ ...done, type: 've-recover' })
  const again = await veOf(recovery.ve.id)
  expect(again).toMatchObject({
    state: 'running',
    name: ve.name,
    hostname: ve.hostname,
    diskBytes: ve.diskBytes,
  })
  expect(again.id).not.toBe(ve.id)
  // Its name is taken by now.
  await expect(recoverBackup(viewer, id)).rejects.toMatchObject({ fields: { name: expect.any(String) } })

  const host = new SimulatedHost('restarted', simulatedDisk(fleet.hostId))
  const store = { id: storeId, path: '/vz/backup' }
  const { backups } = await host.call('backup-store-look', { store, make: false }, { key: 'x' })
  expect(backups).toContain(id)
  expect(await ended((await deleteBackup(viewer, id)).operationId)).toMatchObject(done)
})

test('what cannot be taken stays in the list with the reason, and can be tried again or deleted', async () => {
  const ve = await made('fail-backup')
  const { id, operationId } = await taken(ve.id)
  expect(await rowOf(id)).toMatchObject({ state: 'failed', problem: { code: 'agent-failed' } })
  expect(await veOf(ve.id)).toMatchObject({ state: 'running', problem: null })
  await expect(restoreBackup(viewer, id)).rejects.toMatchObject({ code: 'conflict' })
  const again = await transaction((tx) => retryOperation(tx, operationId, ACTOR))
  await ended(again.operationId)
  expect(await ended((await deleteBackup(viewer, id)).operationId)).toMatchObject(done)
  await expect(transaction((tx) => retryOperation(tx, operationId, ACTOR))).rejects.toThrow(/ask for it anew/)
})

test('while one is taken the VE can be worked on, and no second one is begun', async () => {
  const ve = await made('slow-backup')
  const { backup, operationId } = await backUpVe(viewer, ve.id)
  await expect(backUpVe(viewer, ve.id)).rejects.toMatchObject({ code: 'conflict' })
  await expect(deleteBackup(viewer, backup.id)).rejects.toMatchObject({ code: 'conflict' })
  const stop = await run(ve.id, 've-stop', { timeoutSeconds: 1 })
  expect(stop).toMatchObject(done)
  const taking = await ended(operationId)
  expect(taking).toMatchObject(done)
  expect(stop.startedAt?.getTime()).toBeLessThan(taking.endedAt?.getTime() ?? 0)
  expect(await veOf(ve.id)).toMatchObject({ state: 'stopped' })
})

test('by its schedule they are taken once when due, and only so many of those stay', async () => {
  const ve = await made('nightly')
  const byHand = await taken(ve.id)
  await setBackupSchedule(viewer, ve.id, { every: 'day', hour: 3, keep: 1 })
  const tick = () => backupSchedules.run({} as ReconcilerContext)
  const due = () =>
    db().backupSchedule.update({ where: { veId: ve.id }, data: { nextAt: new Date(Date.now() - 1) } })
  const scheduled = (state: 'ready' | 'creating') =>
    db().backup.findMany({ where: { veId: ve.id, scheduled: true, state } })
  const takeDue = async () => {
    await due()
    await Promise.all([tick(), tick()])
    expect(await db().backup.count({ where: { veId: ve.id, state: 'creating' } })).toBeLessThan(2)
    await eventually(async () => (await scheduled('creating')).length === 0)
  }
  await tick()
  expect(await scheduled('ready')).toEqual([])
  await takeDue()
  const [first] = await scheduled('ready')
  expect(first).toMatchObject({ createdByName: 'Corral' })
  await takeDue()
  expect(await scheduled('ready')).toHaveLength(2)
  await tick()
  await eventually(async () => (await scheduled('ready')).length === 1)
  await eventually(async () => (await rowOf(first?.id ?? '')) === null)
  expect(await rowOf(byHand.id)).toMatchObject({ state: 'ready' })

  // Two by hand and one by the schedule are as many as there may be: the schedule says so, and goes on the next day.
  expect((await taken(ve.id)).operation).toMatchObject(done)
  await due()
  await tick()
  const row = await db().backupSchedule.findUniqueOrThrow({ where: { veId: ve.id } })
  expect(row).toMatchObject({ problem: { code: 'too-many-backups' } })
  expect(row.nextAt.getTime()).toBeGreaterThan(Date.now())
})

// The last: it takes the number that the next VE of these tests would have.
test('a VE that cannot be made of it is failed, and can be made again or destroyed', async () => {
  const ve = await made('fine', false)
  const { id } = await taken(ve.id)
  const { ve: failed, operationId } = await recoverBackup(viewer, id, { name: 'fail-recover-2' })
  expect(await ended(operationId)).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
  expect(await veOf(failed.id)).toMatchObject({ state: 'failed', epoch: 2 })
  await db().ve.update({ where: { id: failed.id }, data: { name: 'mended' } })
  const again = await transaction((tx) => retryOperation(tx, operationId, ACTOR))
  expect(await ended(again.operationId)).toMatchObject(done)
  expect(await veOf(failed.id)).toMatchObject({ state: 'stopped' })
})
