/** A host that is evacuated to another, both real: what ran goes on there, and nothing of it is left. Needs root on Linux. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { loadViewer } from '../auth/load-viewer.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { AgentResult } from '../contract/agent-protocol.ts'
import { db } from '../db/client.ts'
import { evacuateHost, planEvacuation } from '../fleet/commands.ts'
import type { FleetPlan } from '../fleet/resource.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ended, enqueueOnVe, type Fleet, makeVe, useTestDatabase } from './test-fleet.ts'
import { enrolLabHosts } from './test-lab-fleet.ts'
import { makeActor } from './test-roll-out.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-evacuate-'))
let database: { drop(): Promise<void> }
let worker: RunningWorker
let here: Fleet
let there: Fleet
let viewer: Viewer
let shells: HostShell[]

beforeAll(async () => {
  process.env.CORRAL_AGENT = path.join(dir, 'agent.js')
  await buildAgent(process.env.CORRAL_AGENT)
  const { hosts } = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 2, name: 'evac' })
  shells = await Promise.all(hosts.map(openHostShell))
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  ;[here, there] = (await enrolLabHosts(hosts)) as [Fleet, Fleet]
  viewer = (await loadViewer(await makeActor(here), { via: 'session' })) as Viewer
}, 900_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  for (const shell of shells ?? []) shell.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

async function done(asked: Promise<string | { operationId: string }>) {
  const id = await asked
  const operation = await ended(typeof id === 'string' ? id : id.operationId, 180_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
  return operation
}

async function make(name: string, start: boolean) {
  const ve = await makeVe(here, name)
  await done(enqueueOnVe(here, ve.id, 've-create', { start }))
  return ve
}

async function inside(on: Fleet, veId: string, script: string): Promise<string> {
  const limits = { environment: {}, timeoutSeconds: 20, outputBytes: 10_000, hasStdin: false }
  const asked = enqueueOnVe(on, veId, 've-exec', { command: ['sh', '-c', script], ...limits })
  return ((await done(asked)).result as AgentResult<'ve-exec'>).stdout.trim()
}

test('its VEs leave as planned: two live with their programs, one cold; nothing of them is left', async () => {
  const running = await Promise.all([make('one', true), make('two', true)])
  const stopped = await make('three', false)
  const program =
    'setsid sh -c "while :; do sleep 1; done" </dev/null >/dev/null 2>&1 & echo $! >/root/pid; cat /root/pid'
  const pids = await Promise.all(running.map(({ id }) => inside(here, id, program)))

  const planning = await done(planEvacuation(viewer, here.hostId, {}))
  const { moves, stay } = planning.result as FleetPlan
  expect(stay).toEqual([])
  const kinds = Object.fromEntries(moves.map(({ ve, kind }) => [ve.id, kind]))
  expect(kinds).toEqual({ [running[0].id]: 'live', [running[1].id]: 'live', [stopped.id]: 'cold' })
  expect(moves.every(({ to }) => to.id === there.hostId)).toBe(true)

  const evacuation = await done(evacuateHost(viewer, here.hostId, { planId: planning.id }))
  expect(evacuation.result).toMatchObject({ moved: 3, failed: [] })
  const alive = await Promise.all(
    running.map(({ id }) => inside(there, id, 'kill -0 $(cat /root/pid) && cat /root/pid')),
  )
  expect(alive).toEqual(pids)
  const states = await db().ve.findMany({ where: { hostId: there.hostId }, orderBy: { veid: 'asc' } })
  expect(states.map(({ state }) => state)).toEqual(['running', 'running', 'stopped'])
  const left = await shells[0]?.execute(['ls', '-A', '/vz/ve'])
  for (const { veid } of [...running, stopped]) expect(left).not.toContain(String(veid))
  expect(await db().host.findUnique({ where: { id: here.hostId } })).toMatchObject({ status: 'maintenance' })
}, 300_000)
