/** Workers that are killed in the middle of a live move between two real hosts. Needs root on Linux. */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { Client } from '../../agents/testing/move-lab.ts'
import { db } from '../db/client.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import {
  ended,
  enqueueOnVe,
  eventually,
  type Fleet,
  makeVe,
  readOperation,
  useTestDatabase,
} from './test-fleet.ts'
import { enrolBeside, enrolLabFleet } from './test-lab-fleet.ts'
import { endProcess, startWorkerProcess } from './test-worker-process.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-killed-'))
let database: { drop(): Promise<void> }
let worker: ChildProcess
let fleets: [Fleet, Fleet]
let shells: [HostShell, HostShell]
let ve: Awaited<ReturnType<typeof makeVe>>
let client: Client

const start = () => startWorkerProcess({ CORRAL_DATA: dir, CORRAL_AGENT: path.join(dir, 'agent.js') })

beforeAll(async () => {
  await buildAgent(path.join(dir, 'agent.js'))
  const { hosts, network } = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 2, name: 'killed' })
  const [first, second] = hosts
  if (!first || !second) throw new Error('The lab lacks a host.')
  shells = [await openHostShell(first), await openHostShell(second)]
  database = await useTestDatabase()
  worker = await start()
  const here = await enrolLabFleet(first)
  fleets = [here, await enrolBeside(here, second)]
  ve = await makeVe(here, 'killed')
  const data = { veId: ve.id, index: 0, kind: 'routed', ifname: 'eth0' } as const
  const { id } = await db().veInterface.create({ data })
  const address = network.addressPool.first
  await db().veAddress.create({ data: { veId: ve.id, interfaceId: id, address } })
  await succeeded(await enqueueOnVe(here, ve.id, 've-create', { start: true }))
  const command = ['sh', '-c', `setsid perl -e '${SERVER}' </dev/null >/dev/null 2>&1 & sleep 1`]
  const limits = { environment: {}, timeoutSeconds: 20, outputBytes: 100, hasStdin: false }
  await succeeded(await enqueueOnVe(here, ve.id, 've-exec', { command, ...limits }))
  client = await Client.connect(address)
}, 900_000)

afterAll(async () => {
  await client?.close()
  if (worker) await endProcess(worker, 'SIGTERM')
  await database?.drop()
  for (const shell of shells ?? []) shell.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

/** Says each line again, with how many it has heard. */
const SERVER = `use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
bind($s, sockaddr_in(7000, INADDR_ANY)) or die; listen($s, 5); $SIG{CHLD} = "IGNORE";
while (1) { accept(my $c, $s) or next; next if fork(); my $n = 0;
  while (defined(my $line = <$c>)) { $n++; syswrite($c, "$n $line") } exit }`

const row = () => db().ve.findUniqueOrThrow({ where: { id: ve.id } })

async function succeeded(id: string) {
  const operation = await ended(id, 180_000)
  expect(operation, JSON.stringify(operation.problem)).toMatchObject({ status: 'succeeded' })
}

/** The hosts that have it, by what is on their disks. */
async function holders(): Promise<string[]> {
  const lists = await Promise.all(shells.map((shell) => shell.execute(['ls', '-A', '/vz/ve'])))
  return lists.flatMap((list, index) => (list.includes(String(ve.veid)) ? [fleets[index]?.hostId ?? ''] : []))
}

test.each(['receive', 'disk', 'freeze', 'activate', 'done'])(
  'killed at %s: another worker finishes the move',
  async (name) => {
    const { hostId, epoch } = await row()
    const [from, to] = fleets[0].hostId === hostId ? fleets : [fleets[1], fleets[0]]
    const id = await enqueueOnVe(from, ve.id, 've-move', {
      ...{ hostId: to.hostId, kind: 'live', keep: false, timeoutSeconds: 5 },
    })
    await eventually(async () => {
      const { steps, status } = await readOperation(id)
      if (status !== 'queued' && status !== 'running') throw new Error(`It is ${status} already.`)
      const step = steps.find((each) => each.name === name)
      return step?.status === 'running' || step?.status === 'done'
    }, 60_000)
    await endProcess(worker, 'SIGKILL')
    worker = await start()
    await succeeded(id)
    expect(await row()).toMatchObject({
      ...{ state: 'running', hostId: to.hostId, epoch: epoch + 1, movingToId: null, problem: null },
    })
    expect(await holders()).toEqual([to.hostId])
    await client.expectWhole()
  },
  240_000,
)
