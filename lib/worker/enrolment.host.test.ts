/** Enrolment of a real host (a lab host that has hardly more than sshd), and what can go wrong with it. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAgent } from '../../agents/build.ts'
import { db, transaction } from '../db/client.ts'
import type { HostCredential } from '../hosts/resource.ts'
import { type HostShell, openHostShell } from '../lab/host-shell.ts'
import type { LabHost } from '../lab/lab-state.ts'
import { lowerLab } from '../lab/lower-lab.ts'
import { raiseLab } from '../lab/raise-lab.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import type { OperationType } from '../operations/registry.ts'
import { type RunningWorker, startWorker } from './start-worker.ts'
import { ACTOR, ended, eventually, useTestDatabase } from './test-fleet.ts'

const dir = mkdtempSync(path.join(os.tmpdir(), 'corral-enrolment-'))
const agent = path.join(dir, 'agent.js')
let database: { drop(): Promise<void> }
let worker: RunningWorker
let lab: LabHost
let shell: HostShell
let hostId: string
let accountId: string

beforeAll(async () => {
  await buildAgent(agent)
  process.env.CORRAL_AGENT = agent
  const raised = await raiseLab({ dir: path.join(dir, 'lab'), hosts: 1, name: 'enrol', packages: 'bare' })
  const [host] = raised.hosts
  if (!host) throw new Error('The lab has no host.')
  lab = host
  shell = await openHostShell(lab)
  database = await useTestDatabase()
  worker = await startWorker({ dataDir: dir, log: pino({ level: process.env.CORRAL_LOG_LEVEL ?? 'silent' }) })
  const account = await db().account.create({ data: { kind: 'provider', name: 'P' } })
  accountId = account.id
  const row = await db().host.create({
    data: {
      accountId,
      name: 'enrol1',
      address: lab.address,
      port: lab.sshPort,
      user: 'root',
      status: 'enrolling',
    },
  })
  hostId = row.id
}, 600_000)

afterAll(async () => {
  await worker?.stop()
  await database?.drop()
  shell?.close()
  await lowerLab(path.join(dir, 'lab'), { erase: true })
  rmSync(dir, { recursive: true })
})

const sh = (script: string) => shell.execute(['sh', '-c', script])
const authorizedKeys = () => sh('cat /root/.ssh/authorized_keys 2>/dev/null || true')
const installed = () => sh('ls -d /usr/local/lib/corral /var/lib/corral 2>/dev/null || true')
const panelKeyLines = async () =>
  (await authorizedKeys()).split('\n').filter((line) => line.endsWith(' corral'))

async function run(type: OperationType, input: object, secret?: HostCredential) {
  const request = {
    type,
    input,
    title: type,
    actor: ACTOR,
    accountId,
    secret,
    hostId: type === 'host-probe' ? null : hostId,
  }
  const { operationId } = await transaction((tx) => enqueueOperation(tx, request as never))
  return ended(operationId, 300_000)
}

/** Enrols the host as the web does: sets what the admin gave, then asks. */
async function enrol(
  secret: HostCredential,
  host: { user?: string; fingerprint?: string; port?: number } = {},
) {
  const data = { user: 'root', fingerprint: lab.hostKeyFingerprint, port: lab.sshPort, ...host }
  await db().host.update({ where: { id: hostId }, data: { ...data, status: 'enrolling' } })
  return run('host-enrol', { hostId }, secret)
}
const rootPassword = (): HostCredential => ({ kind: 'password', password: lab.rootPassword })
const hostRow = () => db().host.findUniqueOrThrow({ where: { id: hostId } })
const logOf = async (operationId: string) =>
  (await db().operationLog.findMany({ where: { operationId }, orderBy: { id: 'asc' } })).map(
    (row) => row.line,
  )

test('the host’s key is fetched without signing in', async () => {
  const probe = await run('host-probe', { address: lab.address, port: lab.sshPort })
  expect(probe).toMatchObject({ status: 'succeeded', result: { fingerprint: lab.hostKeyFingerprint } })
})

test('a wrong password, a changed key and a closed port are told apart, and change nothing', async () => {
  const before = await authorizedKeys()
  const wrong = await enrol({ kind: 'password', password: 'wrong' })
  expect(wrong.problem).toMatchObject({ code: 'sign-in-failed' })
  const changed = await enrol(rootPassword(), { fingerprint: `SHA256:${'A'.repeat(43)}` })
  expect(changed.problem).toMatchObject({ code: 'host-key-changed' })
  const refused = await enrol(rootPassword(), { port: 1 })
  expect(refused.problem).toMatchObject({ code: 'host-refused' })
  expect(await hostRow()).toMatchObject({ status: 'failed', problem: { code: 'host-refused' } })
  expect(await authorizedKeys()).toBe(before)
  expect(await installed()).toBe('')
})

test('a user who cannot become root is told so', async () => {
  await sh('useradd -m -s /bin/sh plain && echo plain:plain-password | chpasswd')
  const refused = await enrol({ kind: 'password', password: 'plain-password' }, { user: 'plain' })
  expect(refused.problem).toMatchObject({ code: 'no-root' })
})

test('when reading facts fails, what was installed is taken away again', async () => {
  const before = await authorizedKeys()
  const good = readFileSync(agent, 'utf8')
  writeFileSync(agent, 'this is no program')
  const failed = await enrol(rootPassword())
  writeFileSync(agent, good)
  expect(failed).toMatchObject({ status: 'failed', problem: { code: 'agent-failed' } })
  expect(failed.steps.map((step) => step.status)).toEqual(['done', 'done', 'done', 'undone', 'failed'])
  expect(await authorizedKeys()).toBe(before)
  expect(await installed()).toBe('')
  const log = await logOf(failed.id)
  expect(log).toContain('Installing quickjs: runs the agent.')
  expect(log).toContain('Installing crun: starts VEs.')
})

test('a host is enrolled: agent, key with forced command, facts, samples', async () => {
  await sh('mkdir -p /root/.ssh && printf "# mine" >> /root/.ssh/authorized_keys')
  const done = await enrol(rootPassword())
  expect(done).toMatchObject({ status: 'succeeded', problem: null, sealed: null })
  expect(await hostRow()).toMatchObject({
    status: 'online',
    hostKey: expect.stringMatching(/^ssh-ed25519 /),
    arch: 'x86-64',
    capabilities: { 've-run': { available: true } },
  })
  expect(await authorizedKeys()).toContain('# mine\n')
  expect(await panelKeyLines()).toEqual([
    expect.stringMatching(
      /^command="\/usr\/bin\/qjs --std --strip-source \/usr\/local\/lib\/corral\/agent.js serve",restrict,pty ssh-ed25519 /,
    ),
  ])
  expect(
    await sh('stat -c "%a %U" /vz /var/lib/corral /var/lib/corral/journal /root/.ssh/authorized_keys'),
  ).toBe('700 root\n700 root\n700 root\n600 root\n')
  const since = (await hostRow()).lastSeenAt ?? new Date()
  await eventually(async () => ((await hostRow()).lastSeenAt ?? since) > since)
})

test('enrolling again leaves one key line', async () => {
  expect(await enrol(rootPassword())).toMatchObject({ status: 'succeeded' })
  expect(await panelKeyLines()).toHaveLength(1)
})

test('with the panel’s key one can call the agent and nothing else', async () => {
  const client = new ssh2.Client()
  await new Promise((resolve, reject) => {
    client.once('ready', () => resolve(undefined)).once('error', reject)
    const privateKey = readFileSync(path.join(dir, 'secrets/host-key'))
    client.connect({ host: lab.address, port: lab.sshPort, username: 'root', privateKey })
  })
  const said = await new Promise<string>((resolve, reject) => {
    client.exec('id -u', (error, channel) => {
      if (error) return reject(error)
      let text = ''
      channel.on('data', (chunk: Buffer) => {
        text += chunk
      })
      channel.on('close', () => resolve(text))
    })
  })
  await new Promise((resolve) => client.once('close', () => resolve(undefined)).end())
  expect(said).toMatch(/^Refused/)
})

test('a user with sudo and a password can enrol the host too', async () => {
  await sh('apt-get install -y -q sudo >/dev/null 2>&1; usermod -aG sudo plain')
  const done = await enrol({ kind: 'password', password: 'plain-password' }, { user: 'plain' })
  expect(done).toMatchObject({ status: 'succeeded' })
  expect(await panelKeyLines()).toHaveLength(1)
})

test('the agent is upgraded by a signed bundle', async () => {
  appendFileSync(agent, '// another build\n')
  expect(await run('host-upgrade-agent', { hostId })).toMatchObject({ status: 'succeeded', problem: null })
  expect(await sh('cat /usr/local/lib/corral/agent.js')).toBe(readFileSync(agent, 'utf8'))
  expect(await run('host-refresh', { hostId })).toMatchObject({ status: 'succeeded' })
})

test('a host that is removed keeps nothing of the panel’s key', async () => {
  expect(await run('host-remove', { hostId })).toMatchObject({ status: 'succeeded' })
  expect(await panelKeyLines()).toEqual([])
  expect(await authorizedKeys()).toContain('# mine\n')
  expect(await db().host.count({ where: { id: hostId } })).toBe(0)
})
