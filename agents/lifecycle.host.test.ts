/** How VEs end, come back, are changed, commanded and rescued, on a real host of the lab. Needs root on Linux. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import {
  type AgentLab,
  expectFootprint,
  footprint,
  inVe,
  problemOf,
  raiseAgentLab,
} from './testing/agent-lab.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe
const SLOW = { timeout: 20_000, interval: 200 }
const state = async () => (await ve.seen())?.state
const reason = async () => (await ve.seen())?.lastExit?.reason

beforeAll(async () => {
  lab = await raiseAgentLab()
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = await footprint(lab)
  ve = new LabVe(lab)
  await ve.create()
})
afterEach(async () => {
  await ve.destroy()
  await expectFootprint(lab, before)
})

/** Booted as far as an init that takes orders: earlier it would not hear them. */
async function booted(): Promise<void> {
  await expect.poll(() => ve.shell('cat /run/sshd.pid 2>/dev/null'), SLOW).toMatch(/^\d+$/)
}
const killAgents = () =>
  lab.agent.run(`pgrep -f '^qjs --std ${HOST_PATHS.agent} call' | xargs -r kill -9 2>/dev/null || true`)

test('a reboot from inside brings it back: the same spec, another init', async () => {
  const first = await ve.start()
  await booted()
  await ve.exec(['reboot'])
  await expect.poll(reason, SLOW).toBe('reboot')
  await expect.poll(state, SLOW).toBe('running')
  const again = await ve.seen()
  expect(again?.initPid).not.toBe(first.initPid)
  expect(await inVe(lab, 'hostname')).toBe('web1.example.org')
  expect(await ve.stop()).toMatchObject({ state: 'stopped', lastExit: { reason: 'stopped-by-host' } })
})

test('one that reboots as soon as it is up is left stopped in the end', async () => {
  await ve.start()
  await ve.exec([
    'sh',
    '-c',
    'printf "#!/bin/sh\\n/usr/sbin/reboot -d -f\\n" >/sbin/loop; chmod 755 /sbin/loop',
  ])
  await booted()
  await ve.exec(['sh', '-c', 'rm /sbin/init; cp /sbin/loop /sbin/init; reboot -f'])
  const log = () => lab.agent.run('tail -n 1 /vz/ve/101/boot.log')
  await expect.poll(log, { timeout: 60_000, interval: 500 }).toContain('left stopped')
  await expect.poll(state, SLOW).toBe('stopped')
  expect(await reason()).toBe('reboot')
})

test('a halt from inside stays down and leaves nothing on the kernel', async () => {
  const stopped = await footprint(lab)
  await ve.start()
  await booted()
  await ve.exec(['poweroff'])
  await expect.poll(reason, SLOW).toBe('halt')
  expect(await ve.seen()).toMatchObject({ state: 'stopped', lastExit: { exitCode: null, signal: 2 } })
  await expect
    .poll(async () => (await footprint(lab)).filter((line) => !line.includes('/vz/ve/101/')), SLOW)
    .toEqual(stopped.filter((line) => !line.includes('/vz/ve/101/')))
})

test('one that was asked to halt and reboots instead stays down', async () => {
  await ve.start()
  await booted()
  await ve.shell("sed -i 's/^\\(p[fnor]:.*:\\).*$/\\1\\/sbin\\/reboot -f/' /etc/inittab; telinit q; sleep 1")
  expect(await ve.halt()).toEqual({ asked: true })
  await expect.poll(reason, SLOW).toBe('halt')
  expect(await ve.seen()).toMatchObject({ state: 'stopped', lastExit: { signal: 1 } })
})

test('an init that is killed has crashed, is noticed by watch at once, and starts again', async () => {
  const { initPid } = await ve.start()
  await booted()
  const line = `(echo '{"intervalSeconds":60}'; sleep 3; kill -9 ${initPid}; sleep 4) | qjs --std ${HOST_PATHS.agent} watch`
  const said = await lab.agent.run(line)
  const samples = said
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text).params)
  expect(samples.map(({ ves }) => ves[0].state)).toEqual(expect.arrayContaining(['running', 'stopped']))
  expect(samples.at(-1).ves[0]).toMatchObject({
    state: 'stopped',
    lastExit: { reason: 'crashed', signal: 9 },
  })
  expect((await ve.start()).state).toBe('running')
})

test('without its monitor it runs on, is seen to end, and starts again', async () => {
  await ve.start()
  await booted()
  await lab.agent.run('pkill -9 -x conmon')
  await expect.poll(() => lab.agent.run('pgrep -x conmon || echo none'), SLOW).toBe('none\n')
  expect(await state()).toBe('running')
  await ve.exec(['poweroff', '-f'])
  await expect.poll(state, SLOW).toBe('stopped')
  expect((await ve.start()).state).toBe('running')
})

test.each([0.5, 0])(
  'an application that runs %d s ends with its exit code, and its words are kept',
  async (seconds) => {
    await ve.destroy()
    ve = new LabVe(lab, {
      kind: 'application',
      application: {
        command: ['sh', '-c', `echo "hello from $WHO"; sleep ${seconds}; exit 3`],
        ...{ environment: { WHO: 'the program' }, workingDirectory: '/', uid: 0, gid: 0 },
      },
    })
    await ve.create()
    await ve.start()
    await expect.poll(reason, SLOW).toBe('ended')
    expect(await ve.seen()).toMatchObject({ state: 'stopped', lastExit: { exitCode: 3, signal: null } })
    expect(await lab.agent.run('cat /vz/ve/101/boot.log')).toContain('hello from the program')
  },
)

test('commands: output, input, exit code, signal, time, size, and what they leave running', async () => {
  await ve.start()
  const said = await ve.exec(['sh', '-c', 'cat; echo no >&2; exit 7'], { stdin: 'héllo' })
  expect(said).toEqual({
    ...{ exitCode: 7, signal: null, timedOut: false, truncated: false },
    ...{ stdout: 'héllo', stderr: 'no\n' },
  })
  expect(await ve.exec(['no-such-program'])).toMatchObject({
    exitCode: 127,
    stderr: expect.stringMatching(/not found/),
  })
  expect(await ve.exec(['sh', '-c', 'kill -15 $$'])).toMatchObject({ exitCode: null, signal: 15 })
  const flood = await ve.exec(['sh', '-c', 'head -c 5000000 /dev/zero | tr "\\0" x; echo done >&2'], {
    outputBytes: 100,
  })
  expect(flood).toMatchObject({ exitCode: 0, stdout: 'x'.repeat(100), stderr: 'done\n', truncated: true })
  const late = await ve.exec(['sh', '-c', 'sleep 4321 & yes'], { timeoutSeconds: 1 })
  expect(late).toMatchObject({ exitCode: null, timedOut: true, truncated: true })
  expect(await ve.shell('pgrep -f "sleep 432[1]" || echo none')).toBe('none')
  // What went into a session of its own may stay, and keep pipe and all; the answer does not wait for it.
  expect(await ve.exec(['sh', '-c', 'setsid sleep 4322 & echo begun'])).toMatchObject({ stdout: 'begun\n' })
  expect(await ve.exec(['true'], { stdin: 'x'.repeat(900_000) })).toMatchObject({ exitCode: 0 })
  expect(await lab.agent.run('ls /run/corral/monitor/ve101 | grep exec || echo none')).toBe('none\n')
  await ve.stop()
  expect(await problemOf(ve.exec(['true']))).toBe('ve-not-running')
})

test('a command whose agent is killed is not run a second time', async () => {
  await ve.start()
  const key = newKey()
  const cut = ve.exec(['sh', '-c', 'echo once >>/root/count; sleep 3'], {}, key).catch(() => 'cut')
  await expect.poll(() => ve.shell('cat /root/count'), SLOW).toBe('once')
  await killAgents()
  await cut
  expect(await problemOf(ve.exec(['sh', '-c', 'echo once >>/root/count; sleep 3'], {}, key))).toBe(
    'agent-failed',
  )
  expect(await ve.shell('cat /root/count')).toBe('once')
})

test('a running VE takes a name, name servers and limits; a stopped one too, and a larger disk', async () => {
  await ve.start()
  await booted()
  const limits = { ...ve.spec.limits, memoryBytes: 2 ** 30, processes: 300, cpuLimitPercent: 50 }
  await ve.configure({
    hostname: 'other.example.org',
    dns: { servers: ['192.0.2.77'], search: [] },
    limits,
  })
  expect(await ve.shell('hostname; cat /etc/hostname /etc/resolv.conf')).toMatch(
    /^other.example.org\nother.example.org\n.*192\.0\.2\.77/s,
  )
  const value = (path: string) => lab.agent.run(`cat /sys/fs/cgroup/${path}`).then((text) => text.trim())
  expect(await value('memory/corral/ve101/memory.limit_in_bytes')).toBe(String(2 ** 30))
  expect(await value('pids/corral/ve101/pids.max')).toBe('300')
  expect(await value('cpu/corral/ve101/cpu.cfs_quota_us')).toBe('50000')
  await ve.stop()
  const stopped = await footprint(lab)
  const larger = { ...limits, diskBytes: 6 * 2 ** 30 }
  await ve.configure({ hostname: 'third.example.org', limits: larger })
  // Not below what is in it.
  const small = { ...larger, diskBytes: 64 * 2 ** 20 }
  expect(await problemOf(ve.configure({ limits: small }))).toBe('invalid-input')
  expect(await footprint(lab)).toEqual(stopped)
  await ve.start()
  expect(await ve.shell('hostname')).toBe('third.example.org')
  expect(Number(await ve.shell('df -B1 --output=size / | tail -1'))).toBeGreaterThan(5.5 * 2 ** 30)
})

/** The kernel asks for CAP_SYS_RESOURCE (bit 24), which not every lab has. */
test('the disk of a running VE grows where the kernel lets the host; elsewhere nothing has changed', async () => {
  const mask = (await lab.agent.run('cat /proc/self/status')).match(/CapEff:\s*([0-9a-f]+)/)?.[1] ?? '0'
  const may = (BigInt(`0x${mask}`) & (1n << 24n)) !== 0n
  await ve.start()
  await booted()
  const size = async () => Number(await ve.shell('df -B1 --output=size / | tail -1'))
  const before = await size()
  const limits = { ...ve.spec.limits, diskBytes: 6 * 2 ** 30, processes: 300 }
  expect(await problemOf(ve.configure({ limits, hostname: 'other.example.org' }))).toBe(
    may ? null : 'capability-missing',
  )
  if (may) expect(await size()).toBeGreaterThan(5.5 * 2 ** 30)
  else expect(await size()).toBe(before)
  const name = may ? 'other.example.org' : 'web1.example.org'
  expect(await ve.shell('hostname; cat /etc/hostname')).toBe(`${name}\n${name}`)
  const pids = await lab.agent.run('cat /sys/fs/cgroup/pids/corral/ve101/pids.max')
  expect(Number(pids)).toBe(may ? 300 : 1024)
  expect(await ve.shell('echo fine >/root/written; cat /root/written')).toBe('fine')
})

test('what cannot be done is taken back whole', async () => {
  await ve.start()
  await booted()
  await ve.shell('head -c 100m /dev/zero >/dev/shm/full')
  const small = { ...ve.spec.limits, memoryBytes: 64 * 2 ** 20, processes: 77 }
  expect(await problemOf(ve.configure({ hostname: 'other.example.org', limits: small }))).toBe(
    'invalid-input',
  )
  expect(await ve.shell('hostname; cat /etc/hostname')).toBe('web1.example.org\nweb1.example.org')
  expect(await lab.agent.run('cat /sys/fs/cgroup/pids/corral/ve101/pids.max')).toBe(
    `${ve.spec.limits.processes}\n`,
  )
  expect(await lab.agent.run('cat /vz/ve/101/spec.json')).toContain('"hostname":"web1.example.org"')
})

test('a running VE whose spec shares the host’s users from its next start on is changed by the users it has', async () => {
  await ve.destroy()
  const command = ['sh', '-c', 'exec sleep 1000']
  const application = { command, environment: {}, workingDirectory: '/', uid: 0, gid: 0 }
  ve = new LabVe(lab, { kind: 'application', application })
  await ve.create()
  await ve.start()
  await ve.configure({ namespaces: ve.spec.namespaces.filter((name) => name !== 'user' && name !== 'uts') })
  await ve.configure({ hostname: 'other.example.org' })
  const written = 'cat /run/corral/ve/101/root/etc/hostname; stat -c %u /run/corral/ve/101/root/etc/hostname'
  expect(await lab.agent.run(written)).toBe(`other.example.org\n${ve.spec.idBase}\n`)
  expect(await ve.shell('hostname')).toBe('other.example.org')
  const stored = JSON.parse(await lab.agent.run('cat /vz/ve/101/spec.json'))
  expect(stored.namespaces).toEqual(ve.spec.namespaces)
})

test.each([20, 60, 100, 140, 180])(
  'the agent killed %i ms into a change: asked again, it is made',
  async (ms) => {
    await ve.start()
    await booted()
    const key = newKey()
    const changes = { hostname: 'other.example.org', dns: { servers: ['192.0.2.78'], search: [] } }
    const cut = ve.configure(changes, key).catch(() => {})
    await delay(ms)
    await killAgents()
    await cut
    await ve.configure(changes, key)
    expect(await ve.shell('hostname; cat /etc/resolv.conf')).toMatch(/^other.example.org\n.*192\.0\.2\.78/s)
  },
)

test('rescue: a system of its own, the VE’s disk in it, and nothing of it afterwards', async () => {
  await ve.start()
  await ve.shell('echo mine >/root/kept')
  expect(await problemOf(ve.rescue())).toBe('ve-state-forbids')
  await ve.stop()
  const stopped = await footprint(lab)
  expect(await ve.rescue()).toMatchObject({ state: 'running', rescue: true })
  expect((await ve.rescue()).rescue).toBe(true)
  expect(await inVe(lab, 'hostname; cat /mnt/ve/root/kept; stat -c %u /mnt/ve/etc/shadow')).toBe(
    'rescue-web1\nmine\n0',
  )
  await inVe(lab, 'echo repaired >/mnt/ve/root/kept; touch /root/of-the-rescue')
  expect(await problemOf(ve.configure({ hostname: 'x.example.org' }))).toBe('ve-state-forbids')
  await booted()
  await ve.exec(['reboot'])
  await expect.poll(reason, SLOW).toBe('reboot')
  await expect.poll(async () => (await ve.seen())?.rescue, SLOW).toBe(true)
  expect(await ve.shell('ls /root/of-the-rescue')).toBe('/root/of-the-rescue')
  expect(await ve.stop()).toMatchObject({ state: 'stopped', rescue: false })
  const kept = /ve\/101\/(boot\.log\.1|reboots|traffic\.json)$/ // of any VE that was up more than once
  const others = (lines: string[]) => lines.filter((line) => !kept.test(line))
  expect(others(await footprint(lab))).toEqual(others(stopped))
  expect(await ve.start()).toMatchObject({ rescue: false })
  expect(await ve.shell('cat /root/kept; hostname')).toBe('repaired\nweb1.example.org')
})

test.each([20, 60, 100, 140, 180])(
  'the agent killed %i ms into a rescue: asked again, it is made',
  async (ms) => {
    const key = newKey()
    const cut = ve.rescue(key).catch(() => {})
    await delay(ms)
    await killAgents()
    await cut
    expect(await ve.rescue(key)).toMatchObject({ state: 'running', rescue: true })
    await ve.stop()
    expect(await ve.start()).toMatchObject({ state: 'running', rescue: false })
  },
)
