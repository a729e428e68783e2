/** Hibernation and snapshots as the panel leads them, on a real host: what a program keeps in memory and what it wrote come back. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { AgentResult, ObservedVe } from '../contract/agent-protocol.ts'
import { db } from '../db/client.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { createSnapshot, deleteSnapshot, rollBackToSnapshot } from '../snapshots/commands.ts'
import { mountSnapshot, unmountSnapshot } from '../snapshots/mount.ts'
import { hibernateVe, resumeVe } from '../ves/hibernate.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, eventually, type Fleet, makeVe, useTestDatabase } from './test-fleet.ts'
import { enrolLabFleet } from './test-lab-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-snapshots-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let viewer: Viewer
let shell: HostShell
let ve: Awaited<ReturnType<typeof makeVe>>

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const lab = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 1, name: 'snapshots' })
  const [host] = lab.hosts
  if (!host) throw new Error('The lab has no host.')
  shell = await openHostShell(host)
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await enrolLabFleet(host)
  const role = { accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] } as const
  const memberships = [{ accountId: fleet.accountId, ...role }]
  viewer = { userId: 'u', name: 'Uma', email: 'uma@example.org', memberships, via: 'session' }
  ve = await makeVe(fleet, 'snapshots')
  const { id } = await db().veInterface.create({
    data: { veId: ve.id, index: 0, kind: 'routed', ifname: 'eth0' },
  })
  const address = host.address.replace(/\d+$/, '151')
  await db().veAddress.create({ data: { veId: ve.id, interfaceId: id, address } })
  await done(enqueueOnVe(fleet, ve.id, 've-create', { start: true }))
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  shell?.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

const row = () => db().ve.findUniqueOrThrow({ where: { id: ve.id } })
const snapshot = (id: string) => db().snapshot.findUniqueOrThrow({ where: { id } })

async function done(asked: Promise<string | { operationId: string }>) {
  const id = await asked
  const operation = await ended(typeof id === 'string' ? id : id.operationId, 120_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
  return operation
}

async function inside(script: string): Promise<string> {
  const limits = { environment: {}, timeoutSeconds: 20, outputBytes: 10_000, hasStdin: false }
  const command = ['sh', '-c', script]
  const { result } = await done(enqueueOnVe(fleet, ve.id, 've-exec', { command, ...limits }))
  return (result as AgentResult<'ve-exec'>).stdout.trim()
}

/** Counts in its own memory, and tells on a file system that is memory too. */
const COUNTER =
  'n=0; while :; do n=$((n+1)); echo "$$ $n" >/run/.count; mv /run/.count /run/count; sleep 0.1; done'

async function counted(): Promise<{ pid: string; count: number }> {
  const [pid = '', count] = (await inside('cat /run/count')).split(' ')
  return { pid, count: Number(count) }
}

test('a hibernated VE has nothing running, and goes on where it was', async () => {
  await inside(`setsid sh -c '${COUNTER}' >/dev/null 2>&1 </dev/null & sleep 1`)
  const before = await counted()
  await done(hibernateVe(viewer, ve.id))
  const asleep = await row()
  expect(asleep).toMatchObject({ state: 'hibernated', startedAt: null, observed: { initPid: null } })
  expect((asleep.observed as ObservedVe).checkpoint?.bytes).toBeGreaterThan(100_000)
  await eventually(async () => ((await row()).observedAt ?? 0) > (asleep.observedAt ?? 0), 60_000)
  expect((await row()).state).toBe('hibernated')
  await done(resumeVe(viewer, ve.id))
  expect(await row()).toMatchObject({ state: 'running', observed: { checkpoint: null } })
  const after = await counted()
  expect(after.pid).toBe(before.pid)
  expect(after.count).toBeGreaterThanOrEqual(before.count)
  await eventually(async () => (await counted()).count > after.count)
})

test('rolled back to a snapshot with memory, its disk and its programs are those of then', async () => {
  await inside('echo then >/root/mark; sync')
  const { snapshot: taken, operationId } = await createSnapshot(viewer, ve.id, { name: 'then', memory: true })
  await done(Promise.resolve(operationId))
  const at = await counted()
  expect(await snapshot(taken.id)).toMatchObject({ state: 'ready', takenAt: expect.any(Date) })
  await inside('echo later >/root/mark; sync; sleep 3')
  await done(rollBackToSnapshot(viewer, taken.id, { timeoutSeconds: 5 }))
  expect(await row()).toMatchObject({ state: 'running', problem: null })
  expect(await inside('cat /root/mark')).toBe('then')
  const back = await counted()
  expect(back.pid).toBe(at.pid)
  expect(back.count).toBeLessThan(at.count + 200)
  await done(rollBackToSnapshot(viewer, taken.id, { start: false, timeoutSeconds: 5 }))
  expect(await row()).toMatchObject({ state: 'hibernated' })
  await done(enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 0, discardMemory: true }))
  expect(await row()).toMatchObject({ state: 'stopped', observed: { checkpoint: null } })
  await done(deleteSnapshot(viewer, taken.id))
})

test('a snapshot of the disk alone brings files back, of a stopped VE and of a running one', async () => {
  const stopped = await createSnapshot(viewer, ve.id, { name: 'stopped' })
  await done(Promise.resolve(stopped.operationId))
  await done(enqueueOnVe(fleet, ve.id, 've-start'))
  await inside('echo running >/root/mark; sync')
  const running = await createSnapshot(viewer, ve.id, { name: 'running' })
  await done(Promise.resolve(running.operationId))
  await inside('echo lost >/root/mark; sync')
  const { result } = await done(mountSnapshot(viewer, running.snapshot.id))
  const { path: at } = result as { path: string }
  expect(await shell.execute(['cat', `${at}/root/mark`])).toBe('running\n')
  await expect(shell.execute(['touch', `${at}/root/x`])).rejects.toThrow(/[Rr]ead-only/)
  await done(unmountSnapshot(viewer, running.snapshot.id))
  expect(await snapshot(running.snapshot.id)).toMatchObject({ mountedAt: null })
  await done(rollBackToSnapshot(viewer, running.snapshot.id, { timeoutSeconds: 5 }))
  expect(await inside('cat /root/mark')).toBe('running')
  await done(rollBackToSnapshot(viewer, stopped.snapshot.id, { timeoutSeconds: 5, start: false }))
  expect(await row()).toMatchObject({ state: 'stopped' })
  await done(enqueueOnVe(fleet, ve.id, 've-start'))
  expect(await inside('cat /root/mark')).toBe('then')
})

test('destroyed it takes its snapshots along', async () => {
  await done(enqueueOnVe(fleet, ve.id, 've-stop', { timeoutSeconds: 5 }))
  await done(enqueueOnVe(fleet, ve.id, 've-destroy'))
  expect(await db().snapshot.count({ where: { veId: ve.id } })).toBe(0)
})
