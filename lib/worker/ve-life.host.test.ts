/** The life of a VE as the panel leads it, on a real host: changed, commanded, rescued, suspended, metered, crashed. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import type { AgentResult } from '../contract/agent-protocol.ts'
import { db } from '../db/client.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, eventually, type Fleet, makeVe, useTestDatabase } from './test-fleet.ts'
import { enrolLabFleet } from './test-lab-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-life-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker
let fleet: Fleet
let shell: HostShell
let ve: Awaited<ReturnType<typeof makeVe>>

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const lab = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 1, name: 'life' })
  const [host] = lab.hosts
  if (!host) throw new Error('The lab has no host.')
  shell = await openHostShell(host)
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  fleet = await enrolLabFleet(host)
  ve = await makeVe(fleet, 'life')
  const { id } = await db().veInterface.create({
    data: { veId: ve.id, index: 0, kind: 'routed', ifname: 'eth0' },
  })
  const address = host.address.replace(/\d+$/, '150')
  await db().veAddress.create({ data: { veId: ve.id, interfaceId: id, address } })
  await run('ve-create', { start: true })
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  shell?.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

const row = () => db().ve.findUniqueOrThrow({ where: { id: ve.id } })

async function run(type: Parameters<typeof enqueueOnVe>[2], more: Record<string, unknown> = {}) {
  const operation = await ended(await enqueueOnVe(fleet, ve.id, type, more), 120_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
  return operation
}

async function inside(...command: string[]): Promise<AgentResult<'ve-exec'>> {
  const limits = { environment: {}, timeoutSeconds: 20, outputBytes: 10_000, hasStdin: false }
  return (await run('ve-exec', { command, ...limits })).result as AgentResult<'ve-exec'>
}

test('a command runs as root inside and answers with its exit code', async () => {
  const done = await inside('sh', '-c', 'id -u; sleep 0.2; hostname; echo bad >&2; exit 7')
  expect(done).toMatchObject({ exitCode: 7, stdout: `0\n${ve.hostname}\n`, stderr: 'bad\n' })
})

test('a changed host name and name servers are there at once', async () => {
  const dns = { servers: ['192.0.2.53'], search: ['example.org'] }
  await run('ve-configure', { change: { hostname: 'new.example.org', dns } })
  const { stdout } = await inside('sh', '-c', 'hostname; cat /etc/resolv.conf')
  expect(stdout).toContain('new.example.org')
  expect(stdout).toContain('nameserver 192.0.2.53')
  expect(await row()).toMatchObject({ hostname: 'new.example.org', dnsServers: ['192.0.2.53'] })
})

test('a root password is set while it runs, and never seen', async () => {
  const secret = { rootPassword: 'correct horse' }
  const before = (await inside('grep', '^root:', '/etc/shadow')).stdout
  await run('ve-configure', { change: { hasPassword: true }, secret })
  const after = (await inside('grep', '^root:', '/etc/shadow')).stdout
  expect(after).not.toBe(before)
  expect(after).not.toContain('horse')
})

test('what it sends and receives is counted', async () => {
  await shell.execute(['ping', '-c', '20', '-i', '0.01', '-s', '1000', '-q', (await addressOf()) ?? ''])
  const counted = await eventually(async () => {
    const [day] = await db().veTraffic.findMany({ where: { veId: ve.id } })
    return day && day.inBytes >= 20_000n && day.outBytes >= 20_000n ? day : null
  }, 30_000)
  expect(counted.inBytes).toBeLessThan(1_000_000n)
})

const addressOf = async () =>
  (await db().veAddress.findFirst({ where: { veId: ve.id } }))?.address.split('/')[0]

test('a reboot from inside leaves it running, anew', async () => {
  const { startedAt } = await row()
  await inside('sh', '-c', '(sleep 1; reboot) >/dev/null 2>&1 &')
  await eventually(async () => {
    const now = await row()
    return now.state === 'running' && (now.startedAt?.getTime() ?? 0) > (startedAt?.getTime() ?? 0) + 1_000
  }, 60_000)
  expect((await row()).problem).toBeNull()
})

test('an init that is killed is noticed, and said how it ended', async () => {
  const { initPid } = (await row()).observed as { initPid: number }
  await shell.execute(['kill', '-9', String(initPid)])
  await eventually(async () => (await row()).state === 'stopped')
  expect((await row()).problem).toMatchObject({
    code: 've-init-died',
    detail: expect.stringContaining('killed by signal 9'),
  })
  await run('ve-start')
  expect((await row()).problem).toBeNull()
})

test('a halt from inside is a plain stop', async () => {
  await inside('sh', '-c', '(sleep 1; halt -p) >/dev/null 2>&1 &')
  await eventually(async () => (await row()).state === 'stopped', 60_000)
  expect((await row()).problem).toBeNull()
})

test('from the rescue root its own disk is at hand', async () => {
  await run('ve-rescue')
  expect(await row()).toMatchObject({ state: 'running', observed: { rescue: true } })
  expect((await inside('cat', '/mnt/ve/etc/hostname')).stdout).toContain('new')
  await run('ve-restart', { timeoutSeconds: 0 })
  expect(await row()).toMatchObject({ state: 'running', observed: { rescue: false } })
})

test('suspended it is down, and up again when that is lifted', async () => {
  await run('ve-suspend', { reason: 'payment', note: null, timeoutSeconds: 20 })
  expect(await row()).toMatchObject({ state: 'stopped', suspendedRunning: true })
  await expect(enqueueOnVe(fleet, ve.id, 've-start')).rejects.toMatchObject({ code: 've-suspended' })
  await run('ve-unsuspend')
  expect(await row()).toMatchObject({ state: 'running', suspendedAt: null })
  expect((await inside('true')).exitCode).toBe(0)
})

test('whoever has used up the month’s traffic goes on slowly', async () => {
  const { initPid } = (await row()).observed as { initPid: number }
  await db().ve.update({
    where: { id: ve.id },
    data: { trafficExceededAt: new Date(), trafficThrottleBits: 64_000n },
  })
  await run('ve-configure', { change: {} })
  const shaped = await shell.execute(['tc', 'qdisc', 'show', 'dev', `ve${ve.veid}.0`])
  expect(shaped).toMatch(/64Kbit|tbf|htb/)
  expect((await row()).observed).toMatchObject({ initPid })
})
