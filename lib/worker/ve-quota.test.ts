/** Quota of users and groups in a VE through a real worker, to a simulated host. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Viewer } from '../auth/viewer.ts'
import type { OwnerLimits } from '../contract/quota.ts'
import { db } from '../db/client.ts'
import { makePerson, refusal } from '../http/test-world.ts'
import { readQuota, setQuota } from '../quota/commands.ts'
import { lastQuota } from '../quota/queries.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, type Fleet, makeFleet, makeVe, useTestDatabase } from './test-fleet.ts'

let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let viewer: Viewer
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'corral-worker-test-'))

beforeAll(async () => {
  database = await useTestDatabase()
  worker = await startWorker({ dataDir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await makeFleet()
  viewer = (await makePerson('Ada', fleet.accountId, 'admin')).viewer
})
afterAll(async () => {
  await worker.stop()
  await database.drop()
  rmSync(dataDir, { recursive: true })
})

const NONE: OwnerLimits = { softBytes: null, hardBytes: null, softInodes: null, hardInodes: null }
const LIMITS = { ...NONE, hardBytes: 2 ** 30 }

async function made(name: string, quotaOwners = 100): Promise<string> {
  const ve = await makeVe(fleet, name)
  await db().ve.update({ where: { id: ve.id }, data: { moreLimits: { quotaOwners } } })
  const created = await ended(await enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
  expect(created).toMatchObject({ status: 'succeeded' })
  return ve.id
}

async function read(veId: string) {
  const { operationId } = await readQuota(viewer, veId)
  return ended(operationId)
}

async function set(veId: string, id: number | string, limits: OwnerLimits) {
  const { operationId } = await setQuota(viewer, veId, { kind: 'user', owner: { id, limits } })
  return ended(operationId)
}

test('users are shown as they were counted last, with what was set since', async () => {
  const veId = await made('counted')
  expect(await lastQuota(viewer, veId)).toMatchObject({ most: 100, obstacle: null, readAt: null, owners: [] })
  expect(await read(veId)).toMatchObject({ status: 'succeeded' })
  const first = await lastQuota(viewer, veId)
  expect(first).toMatchObject({ counted: 10, notice: null, readAt: expect.any(String) })
  expect(await set(veId, 'bob', LIMITS)).toMatchObject({ status: 'succeeded' })
  const changed = await lastQuota(viewer, veId)
  expect(changed.readAt).toBe(first.readAt)
  expect(changed.owners.find(({ name }) => name === 'bob')).toMatchObject({ kind: 'user', limits: LIMITS })
  const grace = { bytesSeconds: 60, inodesSeconds: 60 }
  await ended((await setQuota(viewer, veId, { kind: 'group', grace })).operationId)
  expect((await lastQuota(viewer, veId)).grace).toMatchObject({ group: grace })
  await read(veId)
  expect(await lastQuota(viewer, veId)).toEqual({
    ...changed,
    readAt: expect.any(String),
    grace: expect.any(Object),
  })
  // Of all listings the last one alone is kept.
  const kept = await db().operation.findMany({
    where: { veId, type: 've-quota-read' },
    orderBy: { endedAt: 'asc' },
  })
  expect(kept.map(({ result }) => result === null)).toEqual([true, false])
})

test('more owners than are counted are told of', async () => {
  const veId = await made('many', 4)
  await read(veId)
  const { owners, notice } = await lastQuota(viewer, veId)
  expect(owners).toHaveLength(4)
  expect(notice).toMatch(/^10 users and groups own files, and 4 may be counted/)
})

test('what makes no sense, or cannot be, is refused with the field', async () => {
  const veId = await made('refused')
  const failed = await set(veId, 'mallory', LIMITS)
  expect(failed).toMatchObject({
    status: 'failed',
    problem: { code: 'invalid-input', fields: { 'owner.id': expect.stringContaining('mallory') } },
  })
  const wrong = await refusal(
    setQuota(viewer, veId, { kind: 'user', owner: { id: 1, limits: { ...LIMITS, softBytes: 2 ** 31 } } }),
  )
  expect([wrong.code, wrong.fields]).toEqual([
    'invalid-input',
    { 'owner.limits.softBytes': 'Above the hard limit.' },
  ])
  expect((await refusal(setQuota(viewer, veId, { kind: 'user' }))).fields).toHaveProperty('owner')
  await ended(await enqueueOnVe(fleet, veId, 've-stop', { timeoutSeconds: 0 }))
  expect((await refusal(readQuota(viewer, veId))).code).toBe('ve-state-forbids')
  expect((await lastQuota(viewer, veId)).obstacle).toMatch(/is stopped/)
  const none = await made('none', 0)
  expect((await refusal(readQuota(viewer, none))).detail).toMatch(/counts no users and groups/)
})

test('a host that cannot says why; who may only look cannot ask; strangers see nothing', async () => {
  const veId = await made('unable')
  const looker = (await makePerson('Vic', fleet.accountId, 'viewer')).viewer
  expect(await lastQuota(looker, veId)).toMatchObject({ most: 100 })
  expect((await refusal(readQuota(looker, veId))).code).toBe('forbidden')
  const change = { kind: 'user' as const, owner: { id: 0, limits: LIMITS } }
  expect((await refusal(setQuota(looker, veId, change))).code).toBe('forbidden')
  const other = await db().account.create({ data: { kind: 'customer', name: 'Other' } })
  const stranger = (await makePerson('Sid', other.id, 'admin')).viewer
  expect((await refusal(lastQuota(stranger, veId))).code).toBe('not-found')
  const capabilities = { 'quota-owners': { available: false, reason: 'No quota in its kernel.' } }
  await db().host.update({ where: { id: fleet.hostId }, data: { capabilities } })
  expect((await refusal(setQuota(viewer, veId, change))).code).toBe('capability-missing')
  expect((await lastQuota(viewer, veId)).obstacle).toMatch(/No quota in its kernel\./)
})
