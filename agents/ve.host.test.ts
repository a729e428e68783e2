/** VEs on a real host of the lab: real crun, ext4, veth, SSH into them. Needs root on Linux. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_PATHS, type ObservedVe } from '../lib/contract/agent-protocol.ts'
import { UNLIMITED_RATE } from '../lib/contract/ve-interface.ts'
import type { VeSpec } from '../lib/contract/ve-spec.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import {
  type AgentLab,
  expectFootprint,
  footprint,
  inVe as inVeOf,
  inVeWithKey,
  PASSWORD,
  problemOf,
  raiseAgentLab,
  TEMPLATE,
} from './testing/agent-lab.ts'
import { type LabAgent, labAgent } from './testing/lab-agent.ts'

let lab: AgentLab
let agent: LabAgent
let spec: VeSpec
let before: string[]
let counter = 0
const key = () => `test:${counter++}`
const inVe = (line: string) => inVeOf(lab, line)

beforeAll(async () => {
  lab = await raiseAgentLab()
  agent = lab.agent
})
afterAll(() => lab?.lower())

beforeEach(async () => {
  before = await footprint(lab)
})
afterEach(async () => {
  await stop().catch(() => {})
  await destroy()
  await expectFootprint(lab, before)
})

const interfaces = (...addresses: string[]): VeSpec['interfaces'] => [
  { kind: 'routed', index: 0, ifname: 'eth0', addresses, prefixes: [], rate: UNLIMITED_RATE },
]
const from = () => ({ cache: TEMPLATE.cache, digest: lab.template.digest })

function create(overrides: Partial<VeSpec> = {}, requestKey = key()): Promise<ObservedVe> {
  spec = { ...EXAMPLE_SPEC, interfaces: interfaces(lab.address), ...overrides }
  const access = { rootPassword: PASSWORD, sshKeys: [lab.publicKey] }
  return agent.call('ve-create', { ...from(), spec, access }, requestKey)
}
const start = (requestKey = key()) => agent.call('ve-start', { spec }, requestKey)
const ve = () => ({ veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch })
const stop = (requestKey = key()) => agent.call('ve-stop', ve(), requestKey)
const destroy = (requestKey = key()) => agent.call('ve-destroy', ve(), requestKey)

test('lives: is created, started, reached over SSH, stopped and destroyed', async () => {
  expect(await create()).toMatchObject({ state: 'stopped', veid: 101, initPid: null })
  const started = await start()
  expect(started).toMatchObject({ state: 'running', processes: expect.any(Number) })
  expect(await inVe('cat /proc/1/comm')).toBe('init')
  expect(inVeWithKey(lab, 'hostname')).toBe('web1.example.org')
  expect(await inVe('hostname')).toBe('web1.example.org')
  expect(await inVe('ip -4 -o addr show eth0')).toContain(lab.address)
  expect(await inVe('cat /proc/self/uid_map')).toMatch(/^0\s+1048576\s+65536$/)
  expect(await inVe('id -u; stat -c %u:%g /etc/shadow /')).toBe('0\n0:42\n0:0')
  expect(await agent.run(`cat /proc/${started.initPid}/status | grep ^Uid`)).toContain('1048576')
  const { ves } = await agent.call('ve-state', {}, key())
  expect(ves).toMatchObject([{ veid: 101, state: 'running', initPid: started.initPid }])
  expect(await stop()).toMatchObject({ state: 'stopped', initPid: null })
})

test('root of a VE is not root of the host', async () => {
  await create()
  await start()
  const refused = [
    'date -s 2001-01-01',
    'mknod /root/disk b 7 0',
    'echo 1 > /proc/sys/kernel/panic',
    'echo b > /proc/sysrq-trigger',
    'dmesg',
    'mount -o remount,dev /',
  ]
  for (const command of refused) {
    const failed = await inVe(`${command} 2>&1 && echo DONE || echo REFUSED`)
    expect([command, failed.split('\n').pop()]).toEqual([command, 'REFUSED'])
  }
  expect(await inVe('ls /proc | grep -c "^[0-9]"')).toMatch(/^\d{1,2}$/)
  expect(await inVe(`ping -c1 -W1 ${lab.host.address} >/dev/null && echo reached`)).toBe('reached')
})

test('a VE sends from its own addresses only', async () => {
  const table =
    'table inet probe {\nchain in {\ntype filter hook input priority 0\nudp dport 9999 counter\n}\n}\n'
  await agent.run('nft -f - && ip -6 addr add 2001:db8:1::1/128 dev lo', table)
  const seen = async () => Number(/packets (\d+)/.exec(await agent.run('nft list table inet probe'))?.[1])
  try {
    await create({
      interfaces: interfaces(lab.address, '2001:db8::10'),
    })
    await start()
    const targets = [
      { to: lab.host.address, via: 'via 169.254.1.1 dev eth0 onlink', forged: '10.250.0.1/32' },
      { to: '2001:db8:1::1', via: 'via fe80::1 dev eth0 onlink', forged: '2001:db8::66/128' },
    ]
    for (const { to, via, forged } of targets) {
      const send = `echo hello >/dev/udp/${to}/9999; sleep 0.1`
      const before = await seen()
      await inVe(`bash -c '${send}'`)
      expect([to, await seen()]).toEqual([to, before + 1])
      const source = forged.split('/')[0]
      await inVe(
        `ip addr add ${forged} dev lo && ip route replace ${to} ${via} src ${source} && bash -c '${send}'`,
      )
      expect([to, await seen()]).toEqual([to, before + 1])
    }
  } finally {
    await agent.run('nft delete table inet probe; ip -6 addr del 2001:db8:1::1/128 dev lo')
  }
})

test('limits hold: memory, processes, disk', async () => {
  await create({
    limits: { ...EXAMPLE_SPEC.limits, memoryBytes: 96 * 2 ** 20, processes: 40, diskBytes: 512 * 2 ** 20 },
  })
  await start()
  expect(await inVe('df -B1 --output=size / | tail -1')).toMatch(/^\s*4\d{8}$/)
  expect(await inVe('head -c 200m /dev/zero | tail >/dev/null 2>&1 && echo FREE || echo HELD')).toContain(
    'HELD',
  )
  const forks = 'i=0; while [ $i -lt 80 ]; do sleep 3 & i=$((i+1)); done'
  expect(await inVe(`sh -c '${forks}' 2>&1 | cat`)).toContain('Cannot fork')
  expect(await inVe('head -c 600m /dev/zero > /big 2>/dev/null && echo FREE || echo FULL')).toBe('FULL')
})

test('each method asked twice with the same key has one effect and one answer', async () => {
  const created = await create({}, 'twice:create')
  expect(await create({}, 'twice:create')).toEqual(created)
  const started = await start('twice:start')
  expect(await start('twice:start')).toEqual(started)
  expect((await start()).initPid).toBe(started.initPid)
  expect(await stop('twice:stop')).toEqual(await stop('twice:stop'))
  expect(await destroy('twice:destroy')).toEqual(await destroy('twice:destroy'))
  expect(await problemOf(create({ hostname: 'other' }, 'twice:create'))).toBe('idempotency-key-reused')
})

test('two starts at once make one VE', async () => {
  await create()
  const [one, two] = await Promise.all([start(), start()])
  expect(one.state).toBe('running')
  expect(two.initPid).toBe(one.initPid)
})

/** Asks for a creation and kills its agent after so many milliseconds; gives the way to ask again. */
async function killInCreation(ms: number, starts: boolean): Promise<() => Promise<ObservedVe>> {
  spec = { ...EXAMPLE_SPEC, interfaces: interfaces(lab.address) }
  const params = { spec, ...from(), access: { rootPassword: PASSWORD, sshKeys: [] }, start: starts }
  const requestKey = key()
  const ask = () => agent.call('ve-create', params, requestKey)
  const cut = ask().catch(() => {})
  await delay(ms)
  await agent.run(`pgrep -f '^qjs --std ${HOST_PATHS.agent} call' | xargs -r kill -9 2>/dev/null || true`) // it may have ended by then
  await cut
  return ask
}
const KILLED_AFTER_MS = [20, 60, 100, 140, 180]

test.each(KILLED_AFTER_MS.flatMap((ms) => [false, true].map((starts) => ({ ms, starts }))))(
  'the agent killed $ms ms into a creation (with its start: $starts): asked again, it is made',
  async ({ ms, starts }) => {
    const askAgain = await killInCreation(ms, starts)
    expect((await askAgain()).state).toBe(starts ? 'running' : 'stopped')
    expect((await start()).state).toBe('running')
    expect(await inVe('hostname')).toBe('web1.example.org')
  },
)

test.each(KILLED_AFTER_MS)(
  'the agent killed %i ms into a creation with its start: destroyed, it leaves nothing, whether it ran or not',
  async (ms) => {
    await killInCreation(ms, true)
    await agent.call('ve-destroy', { ...ve(), kill: true }, key())
    await expectFootprint(lab, before)
  },
)

test('a connection that breaks in the middle of a start loses nothing', async () => {
  await create()
  const requestKey = key()
  const other = await labAgent(lab.host)
  const cut = other.call('ve-start', { spec }, requestKey).catch(() => 'cut')
  await delay(40)
  other.close()
  expect(await cut).toBe('cut')
  expect((await start(requestKey)).state).toBe('running')
})

test('whose init died is stopped, is cleaned up and starts again', async () => {
  await create()
  const { initPid } = await start()
  await agent.run(`kill -9 ${initPid}`)
  await expect
    .poll(async () => (await agent.call('ve-state', { veid: 101 }, key())).ves[0]?.state)
    .toBe('stopped')
  expect((await start()).state).toBe('running')
})

test('a start that fails leaves the VE stopped and nothing on the kernel', async () => {
  await create()
  const created = await footprint(lab)
  const busy = { ...spec, interfaces: interfaces(lab.host.address) }
  expect(await problemOf(agent.call('ve-start', { spec: busy }, key()))).toBe('address-taken')
  const after = await footprint(lab)
  const kept = /\/vz\/ve\/101\/(bundle|boot\.log)/
  expect(after.filter((line) => !kept.test(line))).toEqual(created)
  expect((await start()).state).toBe('running')
})

test('another VE does not get its number, an older owner does not get the VE', async () => {
  await create({ epoch: 2 })
  const other = { ...spec, uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02' }
  const params = { ...from(), access: { sshKeys: [] } }
  expect(await problemOf(agent.call('ve-create', { ...params, spec: other }, key()))).toBe('veid-taken')
  await agent.call('ve-destroy', { veid: 101, uuid: other.uuid, epoch: 2 }, key()) // undoes that creation, not this VE
  expect((await agent.call('ve-state', { veid: 101 }, key())).ves).toMatchObject([{ uuid: spec.uuid }])
  const older = { ...spec, epoch: 1 }
  expect(await problemOf(agent.call('ve-start', { spec: older }, key()))).toBe('stale-epoch')
  await destroy()
  expect(await problemOf(agent.call('ve-create', { ...params, spec: older }, key()))).toBe('stale-epoch')
  await agent.run('rm -r /var/lib/corral/ve/101') // so that the other tests begin anew
  await create()
})

test('bad requests leave no trace', async () => {
  const small = { ...EXAMPLE_SPEC, limits: { ...EXAMPLE_SPEC.limits, diskBytes: 64 * 2 ** 20 } }
  const params = { spec: small, ...from(), access: { sshKeys: [] } }
  spec = small
  expect(await problemOf(agent.call('ve-create', params, key()))).toBe('invalid-input')
  const stale = { ...params, spec: EXAMPLE_SPEC, digest: `sha256:${'0'.repeat(64)}` }
  expect(await problemOf(agent.call('ve-create', stale, key()))).toBe('template-not-ready')
  const power = { ...params, spec: { ...EXAMPLE_SPEC, arch: 'ppc64le' as const } }
  expect(await problemOf(agent.call('ve-create', power, key()))).toBe('architecture-mismatch')
  expect(await problemOf(agent.call('ve-start', { spec: EXAMPLE_SPEC }, key()))).toBe('not-found')
  await expectFootprint(lab, before)
})
