/**
 * The agent on a real host of the lab: real QuickJS, crun, ext4, veth. Needs root on Linux.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { HOST_PATHS, type ObservedVe, type TemplateCache } from '../lib/contract/agent-protocol.ts'
import { CAPABILITY_NAMES } from '../lib/contract/capabilities.ts'
import { Problem } from '../lib/contract/problem.ts'
import { STORAGE_DRIVERS } from '../lib/contract/storage.ts'
import type { VeSpec } from '../lib/contract/ve-spec.ts'
import { hostFootprint } from '../lib/lab/host-footprint.ts'
import { openHostShell } from '../lib/lab/host-shell.ts'
import type { LabHost, RaisedLab } from '../lib/lab/lab-state.ts'
import { lowerLab } from '../lib/lab/lower-lab.ts'
import { raiseLab } from '../lib/lab/raise-lab.ts'
import { buildAgent, bundle as bundleEntry } from './build.ts'
import type { Verdict } from './host/storage/conformance.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type LabAgent, labAgent } from './testing/lab-agent.ts'

const CACHE = 'debian-13-test'
const BUILD_LIMITS = { memoryBytes: 2 ** 31, diskBytes: 2 ** 32, processes: 512, timeoutSeconds: 540 }
const DEFINITION = {
  family: 'debian' as const,
  suite: 'trixie' as const,
  arch: 'x86-64' as const,
  init: 'sysvinit' as const,
  packages: ['bc'],
}

const dir = mkdtempSync(path.join(tmpdir(), 'corral-agent-'))
const keyFile = path.join(dir, 'key')
const PASSWORD = 'sesame-open'
let lab: RaisedLab
let host: LabHost
let agent: LabAgent
let template: TemplateCache
let spec: VeSpec
let counter = 0
const key = () => `test:${counter++}`

const publicKey = () => readFileSync(`${keyFile}.pub`, 'utf8').trim()

beforeAll(async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile])
  lab = await raiseLab({ dir, hosts: 1, name: 'agent' })
  host = lab.hosts[0] as LabHost
  await buildAgent(path.join(dir, 'agent.js'))
  agent = await labAgent(host)
  await agent.run('mkdir -p /usr/local/lib/corral && cat >/usr/local/lib/corral/agent.js', bundle())
  const params = { cache: CACHE, definition: DEFINITION, limits: BUILD_LIMITS }
  template = await agent.call('template-build', params, 'test:template')
})
afterAll(async () => {
  agent?.close()
  await lowerLab(dir, { erase: true })
  rmSync(dir, { recursive: true, force: true })
})

const bundle = () => readFileSync(path.join(dir, 'agent.js'), 'utf8')
const poolAddress = () => lab.network.addressPool.first

/**
 * What stays on purpose: tombstones, journal, lock files, the directories VEs are made in, templates grown to a size; crun's
 * own directory is crun's.
 */
const STAYS =
  /^file \/(var\/lib\/corral|run\/corral\/lock|run\/corral\/ve$|vz\/ve$|vz\/template\/cache\/.*grown$|run\/crun|run\/utmp)/

/** Everything a VE could leave behind. */
async function footprint(): Promise<string[]> {
  const shell = await openHostShell(host)
  try {
    const found = await hostFootprint(shell.execute)
    return found.filter((line) => !STAYS.test(line))
  } finally {
    shell.close()
  }
}

/** The kernel takes a link of a dying network namespace down a moment later. */
async function expectFootprint(before: string[]): Promise<void> {
  await expect.poll(footprint, { timeout: 10_000, interval: 200 }).toEqual(before)
}

function create(overrides: Partial<VeSpec> = {}, requestKey = key()): Promise<ObservedVe> {
  spec = {
    ...EXAMPLE_SPEC,
    interfaces: [{ kind: 'routed', ifname: 'eth0', addresses: [poolAddress()] }],
    ...overrides,
  }
  const access = { rootPassword: PASSWORD, sshKeys: [publicKey()] }
  return agent.call('ve-create', { spec, cache: CACHE, digest: template.digest, access }, requestKey)
}
const start = (requestKey = key()) => agent.call('ve-start', { spec }, requestKey)
const ve = () => ({ veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch })
const stop = (timeoutSeconds = 20, requestKey = key()) =>
  agent.call('ve-stop', { ...ve(), timeoutSeconds }, requestKey)
const destroy = (requestKey = key()) => agent.call('ve-destroy', ve(), requestKey)

const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error as Problem).code,
  )

/** A line for the shell of the VE, over SSH with its root's password; waits for its sshd. */
async function inVe(line: string): Promise<string> {
  const address = { ...host, address: poolAddress(), sshPort: 22, rootPassword: PASSWORD }
  for (let tries = 0; ; tries += 1) {
    try {
      const shell = await openHostShell(address)
      try {
        return (await shell.execute(['sh', '-c', line])).trim()
      } finally {
        shell.close()
      }
    } catch (error) {
      if (tries === 60 || !/ECONN|EHOST|refused|handshake/i.test(String(error))) throw error
      await delay(100)
    }
  }
}

function withKey(line: string): string {
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes',
    'LogLevel=ERROR',
  ]
  const argv = [...options.flatMap((option) => ['-o', option]), '-i', keyFile, `root@${poolAddress()}`, line]
  return execFileSync('ssh', argv, { encoding: 'utf8' }).trim()
}

test('the template came out whole', async () => {
  expect(template).toMatchObject({ cache: CACHE, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })
  expect(template.packages).toBeGreaterThan(80)
  const { caches } = await agent.call('template-list', {}, key())
  expect(caches).toEqual([template])
  expect(await agent.run(`sha256sum ${HOST_PATHS.templateCache}/${CACHE}.img`)).toContain(
    template.digest.slice(7),
  )
})

test('the host has every capability but the two its kernel lacks', async () => {
  const { facts, capabilities } = await agent.call('host-facts', {}, key())
  expect(facts).toMatchObject({ hostname: host.name, arch: 'x86-64', vz: { fileSystem: 'xfs' } })
  expect(Object.values(facts.tools)).not.toContain(null)
  const missing = CAPABILITY_NAMES.filter((name) => !capabilities[name].available)
  const kernelLacks = ['dirty-tracking', 'apparmor']
  expect(missing.filter((name) => !kernelLacks.includes(name))).toEqual([])
  for (const name of missing) expect(capabilities[name].reason).toMatch(/\w+/)
})

test.each(STORAGE_DRIVERS)('the storage driver %s conforms', async (driver) => {
  const before = await footprint()
  const text = await bundleEntry({
    entryPoints: ['agents/host/testing/storage-conformance-main.ts'],
    format: 'esm',
  })
  await agent.run('cat >/tmp/conformance.js', text)
  const subject = { driver, spec: { ...EXAMPLE_SPEC, veid: 900, storage: driver }, cache: template }
  const output = await agent.run('qjs --std /tmp/conformance.js', `${JSON.stringify(subject)}\n`)
  const verdicts = JSON.parse(output) as Verdict[]
  expect(verdicts.filter(({ ok }) => !ok)).toEqual([])
  expect(verdicts.length).toBeGreaterThan(5)
  await expectFootprint(before)
})

test('a build that fails leaves nothing and keeps the old cache', async () => {
  const before = await footprint()
  const definition = { ...DEFINITION, packages: ['no-such-package-at-all'] }
  const params = { cache: CACHE, definition, limits: BUILD_LIMITS }
  const problem = await agent.call('template-build', params, key()).catch((error: Problem) => error)
  expect(problem).toBeInstanceOf(Problem)
  expect((problem as Problem).code).toBe('template-build-failed')
  expect((problem as Problem).context?.stderrTail).toContain('no-such-package-at-all')
  await expectFootprint(before)
  expect((await agent.call('template-list', {}, key())).caches).toEqual([template])
})

describe('a VE', () => {
  let before: string[]
  beforeEach(async () => {
    before = await footprint()
  })
  afterEach(async () => {
    await stop(0).catch(() => {})
    await destroy()
    await expectFootprint(before)
  })

  test('lives: is created, started, reached over SSH, stopped and destroyed', async () => {
    expect(await create()).toMatchObject({ state: 'stopped', veid: 101, initPid: null })
    const started = await start()
    expect(started).toMatchObject({ state: 'running', processes: expect.any(Number) })
    expect(await inVe('cat /proc/1/comm')).toBe('init')
    expect(withKey('hostname')).toBe('web1.example.org')
    expect(await inVe('hostname')).toBe('web1.example.org')
    expect(await inVe('ip -4 -o addr show eth0')).toContain(poolAddress())
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
    expect(await inVe(`ping -c1 -W1 ${host.address} >/dev/null && echo reached`)).toBe('reached')
  })

  test('a VE sends from its own addresses only', async () => {
    const table =
      'table inet probe {\nchain in {\ntype filter hook input priority 0\nudp dport 9999 counter\n}\n}\n'
    await agent.run('nft -f - && ip -6 addr add 2001:db8:1::1/128 dev lo', table)
    const seen = async () => Number(/packets (\d+)/.exec(await agent.run('nft list table inet probe'))?.[1])
    try {
      await create({
        interfaces: [{ kind: 'routed', ifname: 'eth0', addresses: [poolAddress(), '2001:db8::10'] }],
      })
      await start()
      const targets = [
        { to: host.address, via: 'via 169.254.1.1', forged: '10.250.0.1/32' },
        { to: '2001:db8:1::1', via: 'via fe80::1', forged: '2001:db8::66/128' },
      ]
      for (const { to, via, forged } of targets) {
        const send = `echo hello >/dev/udp/${to}/9999; sleep 0.1`
        const before = await seen()
        await inVe(`bash -c '${send}'`)
        expect([to, await seen()]).toEqual([to, before + 1])
        const source = forged.split('/')[0]
        await inVe(
          `ip addr add ${forged} dev lo; ip route replace ${to} ${via} dev eth0 src ${source}; bash -c '${send}'`,
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
    expect(await stop(20, 'twice:stop')).toEqual(await stop(20, 'twice:stop'))
    expect(await destroy('twice:destroy')).toEqual(await destroy('twice:destroy'))
    expect(await problemOf(create({ hostname: 'other' }, 'twice:create'))).toBe('idempotency-key-reused')
  })

  test('two starts at once make one VE', async () => {
    await create()
    const [one, two] = await Promise.all([start(), start()])
    expect(one.state).toBe('running')
    expect(two.initPid).toBe(one.initPid)
  })

  test.each([20, 60, 100, 140, 180])(
    'the agent killed %i ms into a creation: asked again, it is made',
    async (ms) => {
      spec = { ...EXAMPLE_SPEC, interfaces: [{ kind: 'routed', ifname: 'eth0', addresses: [poolAddress()] }] }
      const access = { rootPassword: PASSWORD, sshKeys: [] }
      const params = { spec, cache: CACHE, digest: template.digest, access }
      const requestKey = key()
      const cut = agent.call('ve-create', params, requestKey).catch(() => {})
      await delay(ms)
      await agent.run(`pgrep -f '^qjs --std ${HOST_PATHS.agent} call' | xargs -r kill -9`)
      await cut
      const made = await agent.call('ve-create', params, requestKey)
      expect(made.state).toBe('stopped')
      expect((await start()).state).toBe('running')
      expect(await inVe('hostname')).toBe('web1.example.org')
    },
  )

  test('a connection that breaks in the middle of a start loses nothing', async () => {
    await create()
    const requestKey = key()
    const other = await labAgent(host)
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
    const created = await footprint()
    const busy = { ...spec, interfaces: [spec.interfaces[0], spec.interfaces[0]] as VeSpec['interfaces'] }
    expect(await problemOf(agent.call('ve-start', { spec: busy }, key()))).toBe('command-failed')
    const after = await footprint()
    expect(after.filter((line) => !line.includes('/vz/ve/101/bundle'))).toEqual(created)
    expect((await start()).state).toBe('running')
  })

  test('another VE does not get its number, an older owner does not get the VE', async () => {
    await create({ epoch: 2 })
    const other = { ...spec, uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02' }
    const params = { cache: CACHE, digest: template.digest, access: { sshKeys: [] } }
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
    const params = { spec: small, cache: CACHE, digest: template.digest, access: { sshKeys: [] } }
    spec = small
    expect(await problemOf(agent.call('ve-create', params, key()))).toBe('invalid-input')
    const stale = { ...params, spec: EXAMPLE_SPEC, digest: `sha256:${'0'.repeat(64)}` }
    expect(await problemOf(agent.call('ve-create', stale, key()))).toBe('template-not-ready')
    const power = { ...params, spec: { ...EXAMPLE_SPEC, arch: 'ppc64le' as const } }
    expect(await problemOf(agent.call('ve-create', power, key()))).toBe('architecture-mismatch')
    expect(await problemOf(agent.call('ve-start', { spec: EXAMPLE_SPEC }, key()))).toBe('not-found')
    await expectFootprint(before)
  })
})

test('watch streams samples and ends with its input', async () => {
  const text = await agent.run(
    `(echo '{"intervalSeconds":0.2}'; sleep 0.7) | qjs --std ${HOST_PATHS.agent} watch`,
  )
  const samples = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(samples.length).toBeGreaterThan(1)
  expect(samples[0]).toMatchObject({
    method: 'sample',
    params: { ves: [], memoryFreeBytes: expect.any(Number) },
  })
})

test('an upgrade is taken only with the signature of the release key', async () => {
  await agent.run(`cd /root && rm -f rk rk.pub && ssh-keygen -q -t ed25519 -N '' -f rk`)
  await agent.run(`(printf 'corral '; cat /root/rk.pub) >${HOST_PATHS.releaseKeys}`)
  const next = `${bundle()}\n// a later agent\n`
  const sign = (text: string) => agent.run('ssh-keygen -q -Y sign -n corral-agent -f /root/rk', text)
  const forged = { bundle: `${next}// changed`, signature: await sign(next) }
  expect(await problemOf(agent.call('agent-upgrade', forged, key()))).toBe('forbidden')
  expect(await agent.run(`cat ${HOST_PATHS.agent}`)).toBe(bundle())
  const signed = { bundle: next, signature: await sign(next) }
  expect(await agent.call('agent-upgrade', signed, key())).toEqual({
    agentVersion: expect.stringMatching(/\+/),
  })
  expect(await agent.run(`cat ${HOST_PATHS.agent}`)).toBe(next)
  expect(await agent.run(`cat ${HOST_PATHS.agent}.previous`)).toBe(bundle())
})
