/** Limits of a VE as the panel gives them, on a real host: felt at once, seen in what is recorded, explained when they are hit. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { createAddressPool } from '../addresses/commands.ts'
import type { Viewer } from '../auth/viewer.ts'
import { MIB } from '../contract/units.ts'
import type { VeLimitsPart } from '../contract/ve-limits.ts'
import { db } from '../db/client.ts'
import { hostLoad } from '../hosts/load.ts'
import { makePerson } from '../http/test-world.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { veBeancounters } from '../usage/beancounter-table.ts'
import { listLimitEvents } from '../usage/limit-events.ts'
import { createVe } from '../ves/create.ts'
import { execInVe } from '../ves/exec.ts'
import { getVe } from '../ves/queries.ts'
import { updateVe } from '../ves/update.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, eventually, useTestDatabase } from './test-fleet.ts'
import { enrolLabFleet } from './test-lab-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-limits-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker | null = null
let shell: HostShell
let viewer: Viewer
let hostId: string
let veId: string
let veid: number

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const lab = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 1, name: 'panellim' })
  const [host] = lab.hosts
  if (!host) throw new Error('The lab has no host.')
  shell = await openHostShell(host)
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  const fleet = await enrolLabFleet(host)
  hostId = fleet.hostId
  viewer = (await makePerson('Ada', fleet.accountId, 'admin')).viewer
  const { first, last, cidr } = lab.network.addressPool
  await createAddressPool(viewer, { name: 'routed', cidr, first, last, hostIds: [hostId] })
  const { templateId } = fleet
  const input = { name: 'limits', hostname: 'limits.example.org', templateId, hostId, start: true }
  const { ve, operationId } = await createVe(viewer, input)
  await succeeded(operationId)
  veId = ve.id
  veid = ve.veid
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  shell?.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

async function succeeded(operationId: string | null): Promise<void> {
  const operation = await ended(operationId ?? '', 120_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
}
const set = async (limits: VeLimitsPart) => succeeded((await updateVe(viewer, veId, { limits })).operationId)
/** Of its control group, wherever the host has it. */
async function inGroup(file: string): Promise<string> {
  const found = await shell.execute(['find', '/sys/fs/cgroup', '-path', `*/ve${veid}/${file}`])
  return (await shell.execute(['cat', found.split('\n')[0] ?? ''])).trim()
}

test('a limit is in the running VE’s control group when its operation is over, and in the record', async () => {
  await set({ processes: 77, beancounters: { numpty: { barrier: 5, limit: 5 } } })
  expect(await inGroup('pids.max')).toBe('77')
  const { limits, pendingRestart } = await getVe(viewer, veId)
  expect(limits).toMatchObject({ processes: 77, beancounters: { numpty: { barrier: 5, limit: 5 } } })
  expect(pendingRestart).toBe(false)
})

test('what counts from the next start says so until then', async () => {
  await set({ beancounters: { numsiginfo: { barrier: 999, limit: 999 } } })
  expect((await getVe(viewer, veId)).pendingRestart).toBe(true)
})

test('a flood of processes is held, and its owner reads what happened and what would help', async () => {
  const flood = 'for i in $(seq 1 150); do sleep 8 & done; wait'
  const { operationId } = await execInVe(viewer, veId, { command: ['sh', '-c', flood], timeoutSeconds: 30 })
  const event = await eventually(async () => {
    const { items } = await listLimitEvents(viewer, { veId })
    return items.find(({ parameter }) => parameter === 'numproc')
  }, 60_000)
  expect(event).toMatchObject({ kind: 'refused', limit: 77, proposal: { processes: expect.any(Number) } })
  expect(event.text).toMatch(/^No further process could be started: processes, \d+ of at most 77/)
  expect(event.holders.length).toBeGreaterThan(0)
  await ended(operationId, 60_000)
  const numproc = await eventually(async () => {
    const { items } = await veBeancounters(viewer, veId)
    return items.find(({ name, failcnt }) => name === 'numproc' && (failcnt ?? 0) > 0)
  })
  expect(numproc).toMatchObject({ status: 'enforced', limit: 77 })
  const { proposal } = event
  if (proposal) await set(proposal)
  expect(await inGroup('pids.max')).toBe(String(proposal?.processes))
})

test('what it held and was refused is in the minutes, and its host knows how full it is', async () => {
  const load = await hostLoad(viewer, hostId)
  expect(load.ram?.utilisation).toBeGreaterThan(0)
  expect(load.ram?.commitment).toBeGreaterThan(0)
  await worker?.stop()
  worker = null
  const rows = await db().veUsageMinute.findMany({ where: { veId }, orderBy: { at: 'asc' } })
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.some(({ memoryBytes }) => (memoryBytes ?? 0n) > BigInt(MIB))).toBe(true)
  expect(rows.some(({ cpuMicroseconds }) => cpuMicroseconds > 0n)).toBe(true)
  const { items } = await veBeancounters(viewer, veId)
  expect(items.find(({ name }) => name === 'numproc')?.failsSinceYesterday).toBeGreaterThan(0)
})
