/** A move as the panel leads it, between two real hosts: programs, files and a TCP connection go on. Needs root on Linux. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { Client } from '../../agents/testing/move-lab.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { AgentResult } from '../contract/agent-protocol.ts'
import { db } from '../db/client.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { checkMove, moveVe } from '../moves/commands.ts'
import type { MoveCheck, MoveResult } from '../moves/resource.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, type Fleet, makeVe, useTestDatabase } from './test-fleet.ts'
import { enrolBeside, enrolLabFleet } from './test-lab-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-moves-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker
let here: Fleet
let there: Fleet
let viewer: Viewer
let shells: [HostShell, HostShell]
let ve: Awaited<ReturnType<typeof makeVe>>
let address: string

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const { hosts, network } = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 2, name: 'moves' })
  const [first, second] = hosts
  if (!first || !second) throw new Error('The lab lacks a host.')
  shells = [await openHostShell(first), await openHostShell(second)]
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  here = await enrolLabFleet(first)
  there = await enrolBeside(here, second)
  const role = { accountKind: 'provider', role: 'admin', subtree: null, ancestors: [] } as const
  const memberships = [{ accountId: here.accountId, ...role }]
  viewer = { userId: 'u', name: 'Uma', email: 'uma@example.org', memberships, via: 'session' }
  ve = await makeVe(here, 'moves')
  const { id } = await db().veInterface.create({
    data: { veId: ve.id, index: 0, kind: 'routed', ifname: 'eth0' },
  })
  address = network.addressPool.first
  await db().veAddress.create({ data: { veId: ve.id, interfaceId: id, address } })
  await done(enqueueOnVe(here, ve.id, 've-create', { start: true }))
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  for (const shell of shells ?? []) shell.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

const row = () => db().ve.findUniqueOrThrow({ where: { id: ve.id } })

async function done(asked: Promise<string | { operationId: string }>) {
  const id = await asked
  const operation = await ended(typeof id === 'string' ? id : id.operationId, 180_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
  return operation
}

async function inside(script: string): Promise<string> {
  const limits = { environment: {}, timeoutSeconds: 20, outputBytes: 10_000, hasStdin: false }
  const { hostId } = await row()
  const on = hostId === here.hostId ? here : there
  const { result } = await done(
    enqueueOnVe(on, ve.id, 've-exec', { command: ['sh', '-c', script], ...limits }),
  )
  return (result as AgentResult<'ve-exec'>).stdout.trim()
}

/** Says each line again, with how many it has heard. */
const SERVER = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, sockaddr_in(7000, INADDR_ANY)) or die; listen($s, 5); $SIG{CHLD} = "IGNORE";
while (1) { accept(my $c, $s) or next; next if fork(); my $n = 0;
  while (defined(my $line = <$c>)) { $n++; syswrite($c, "$n $line") } exit }`

const veDirectories = (shell: HostShell) => shell.execute(['ls', '-A', '/vz/ve'])

test('live: asked first, then moved; its connection goes on, and the former host has nothing of it', async () => {
  await inside(`setsid perl -e '${SERVER}' </dev/null >/dev/null 2>&1 & sleep 1; echo mark >/root/mark`)
  const client = await Client.connect(address)
  const check = (await done(checkMove(viewer, ve.id, there))).result as MoveCheck
  expect(check.possible, JSON.stringify(check.obstacles)).toEqual(['live', 'restart'])
  expect(check.memoryBytes).toBeGreaterThan(100_000)
  const moved = await done(moveVe(viewer, ve.id, { hostId: there.hostId, kind: 'live' }))
  await client.expectWhole()
  await client.close()
  const result = moved.result as MoveResult
  console.log(`longest gap ${client.longestGap} ms, ${JSON.stringify(result)}`)
  expect(result).toMatchObject({ kind: 'live', cleared: true, freezeMilliseconds: expect.any(Number) })
  expect(await row()).toMatchObject({ state: 'running', hostId: there.hostId, epoch: 2, movingToId: null })
  expect(await inside('cat /root/mark')).toBe('mark')
  expect(await veDirectories(shells[0])).not.toContain(String(ve.veid))
  expect(await veDirectories(shells[1])).toContain(String(ve.veid))
})

test('with a restart it comes back, and cold it stays stopped', async () => {
  await inside('echo back >/root/mark; sync')
  await done(moveVe(viewer, ve.id, { hostId: here.hostId, kind: 'restart', timeoutSeconds: 10 }))
  expect(await row()).toMatchObject({ state: 'running', hostId: here.hostId, epoch: 3 })
  expect(await inside('cat /root/mark')).toBe('back')
  await done(enqueueOnVe(here, ve.id, 've-stop', { timeoutSeconds: 5 }))
  await done(moveVe(viewer, ve.id, { hostId: there.hostId, kind: 'cold' }))
  expect(await row()).toMatchObject({ state: 'stopped', hostId: there.hostId, epoch: 4 })
  await done(enqueueOnVe(there, ve.id, 've-destroy'))
  for (const shell of shells) expect(await veDirectories(shell)).not.toContain(String(ve.veid))
})
