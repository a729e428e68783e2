/** VEs whose memory is kept on the disk, on a real host of the lab. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import { Problem } from '../lib/contract/problem.ts'
import { bootHost, killHost } from '../lib/lab/host-power.ts'
import {
  type AgentLab,
  expectFootprint,
  footprint,
  inVe,
  problemOf,
  raiseAgentLab,
} from './testing/agent-lab.ts'
import { labAgent } from './testing/lab-agent.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'
import { SceneClient, startScene } from './testing/memory-scene.ts'

let lab: AgentLab
let before: string[]
let ve: LabVe
let client: SceneClient | undefined
const SLOW = { timeout: 20_000, interval: 200 }
const state = async () => (await ve.seen())?.state

const hibernate = () => lab.agent.call('ve-hibernate', ve.key, newKey())
const resume = (spec = ve.spec) => lab.agent.call('ve-resume', { spec }, newKey())
const booted = () => expect.poll(() => ve.shell('cat /run/sshd.pid 2>/dev/null'), SLOW).toMatch(/^\d+$/)
const detailOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error) => Problem.from(error).detail,
  )

beforeAll(async () => {
  lab = await raiseAgentLab()
  await lab.agent.call('host-facts', {}, newKey()) // what CRIU finds out of the kernel stays in /run
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = await footprint(lab)
  client = undefined
  ve = new LabVe(lab)
  await ve.create()
})
afterEach(async () => {
  client?.close()
  await ve.destroy()
  await expectFootprint(lab, before)
})

/** What of a VE is on the kernel, or elsewhere than in its directory. */
const offTheKernel = async () => (await footprint(lab)).filter((line) => !line.includes('/vz/ve/101'))

async function startWithScene(): Promise<SceneClient> {
  await ve.start()
  await booted()
  await startScene(ve)
  client = await SceneClient.open(lab.address)
  return client
}

test('its processes, files, sockets, terminal and a connection from outside go on where they were', async () => {
  const stopped = await offTheKernel()
  const scene = await startWithScene()
  const first = await scene.ask('one')
  expect(first).toMatch(/^1 one ba t1 \d+ \d+$/)
  const traffic = (await ve.seen())?.traffic
  const seen = await hibernate()
  expect(seen).toMatchObject({
    state: 'hibernated',
    initPid: null,
    checkpoint: { bytes: expect.any(Number) },
  })
  expect((await hibernate()).checkpoint).toEqual(seen.checkpoint)
  await expect.poll(offTheKernel, SLOW).toEqual(stopped)
  scene.send('two')
  expect(await resume()).toMatchObject({ state: 'running', checkpoint: null })
  expect(await scene.answer()).toBe(first.replace('1 one', '2 two').replace('t1', 't2'))
  expect(await scene.ask('three')).toMatch(/^3 three ba t3/)
  expect(await ve.shell('cat /root/scene.out')).toBe('1 one\n2 two\n3 three')
  expect((await resume()).state).toBe('running')
  const after = (await ve.seen())?.traffic
  expect(after?.series).not.toBe(traffic?.series)
  expect(after?.base.inBytes).toBeGreaterThanOrEqual(traffic?.live.inBytes ?? 0)
  expect(await inVe(lab, 'hostname')).toBe('web1.example.org')
  expect(await lab.agent.run('ls -A /vz/ve/101')).not.toContain('checkpoint')
})

test('again and again, with its console, its count of refusals, and a reboot from inside', async () => {
  await ve.destroy()
  const { limits } = ve.spec
  ve = new LabVe(lab, { limits: { ...limits, processes: 60 } })
  await ve.create()
  const scene = await startWithScene()
  await ve.shell('for i in $(seq 80); do sleep 2 & done 2>/dev/null; wait')
  const refused = async () => (await ve.seen())?.beancounters?.numproc.failcnt ?? 0
  const failures = await refused()
  expect(failures).toBeGreaterThan(0)
  await ve.shell('pkill sleep; true')
  for (const round of [1, 2]) {
    await hibernate()
    await resume()
    expect(await scene.ask(`round ${round}`)).toMatch(new RegExp(`^${round} round ${round} ba t${round} `))
    expect(await refused()).toBe(failures)
    await ve.shell(`echo console ${round} >/dev/console`)
    await expect.poll(() => lab.agent.run('cat /vz/ve/101/boot.log'), SLOW).toContain(`console ${round}`)
  }
  await ve.shell('for i in $(seq 80); do sleep 2 & done 2>/dev/null; wait')
  expect(await refused()).toBeGreaterThan(failures)
  // Until those that sleep have ended there is no process left for the reboot.
  await expect.poll(async () => (await ve.seen())?.processes, SLOW).toBeLessThan(20)
  const { initPid } = (await ve.seen()) ?? {}
  await ve.exec(['reboot'])
  await expect.poll(async () => (await ve.seen())?.lastExit?.reason, SLOW).toBe('reboot')
  await expect.poll(state, SLOW).toBe('running')
  expect((await ve.seen())?.initPid).not.toBe(initPid)
})

test('it outlives its host; what does not go with it is refused; a stop throws the memory away', async () => {
  const scene = await startWithScene()
  await scene.ask('one')
  await hibernate()
  lab.agent.close()
  await killHost(lab.dir, lab.host.name)
  await bootHost(lab.dir, lab.host.name)
  lab.agent = await labAgent(lab.host)
  ve = new LabVe(lab)
  expect(await state()).toBe('hibernated')
  expect(await problemOf(ve.start())).toBe('ve-state-forbids')
  expect(await problemOf(ve.configure({ hostname: 'other' }))).toBe('ve-state-forbids')
  expect(await problemOf(ve.rescue())).toBe('ve-state-forbids')
  scene.send('two')
  await resume()
  expect(await scene.answer()).toMatch(/^2 two ba t2/)
  await hibernate()
  expect(await ve.stop()).toMatchObject({ state: 'stopped', checkpoint: null })
  expect(await problemOf(resume())).toBe('ve-state-forbids')
  expect((await ve.start()).state).toBe('running')
})

test('what cannot be written down goes on, and is told why', async () => {
  const scene = await startWithScene()
  await ve.exec(['sh', '-c', 'setsid unshare --uts sleep 600 </dev/null >/dev/null 2>&1 & sleep 0.5'])
  expect(await problemOf(hibernate())).toBe('checkpoint-failed')
  expect(await detailOf(hibernate())).toMatch(/namespaces of their own.*sleep/)
  await ve.shell('pkill sleep; true')
  // Nothing speaks against it before CRIU does.
  // An io_uring: its descriptor cannot be handed to CRIU.
  await ve.exec(
    ['sh', '-c', 'cat >/root/ring.pl; setsid perl /root/ring.pl </dev/null >/dev/null 2>&1 & sleep 0.5'],
    {
      stdin: 'my $zeros = chr(0) x 120; syscall(425, 8, $zeros) >= 0 or die; sleep 600',
    },
  )
  const told = await detailOf(hibernate())
  expect(told).toMatch(/^CRIU: .*io_uring/)
  expect(await state()).toBe('running')
  expect(await scene.ask('still')).toMatch(/^1 still/)
  expect(await lab.agent.run('nft list ruleset')).not.toContain('cut')
  await ve.shell('pkill -f ring.pl; true')
  await hibernate()
})

const killAgents = () =>
  lab.agent.run(`pgrep -f '^qjs --std ${HOST_PATHS.agent} call' | xargs -r kill -9 2>/dev/null || true`)

/** Kills the agent so long after it began; gives what the request came to. */
async function killedAfter(milliseconds: number, work: () => Promise<unknown>): Promise<void> {
  const killer = await labAgent(lab.host)
  const request = work().catch(() => null)
  await killer.run(
    `sleep ${milliseconds / 1000}; pgrep -f '^qjs --std ${HOST_PATHS.agent} call' | xargs -r kill -9 2>/dev/null || true`,
  )
  killer.close()
  await request
}

test('an agent that is killed while it hibernates or resumes: one VE, either way, and asking again succeeds', async () => {
  const scene = await startWithScene()
  let count = 0
  const works = async () => {
    count += 1
    expect(await scene.ask('x')).toMatch(new RegExp(`^${count} x ba t${count} `))
  }
  for (const after of [30, 100, 200, 300, 450, 600, 800]) {
    await killedAfter(after, hibernate)
    expect(['running', 'hibernated']).toContain(await state())
    expect((await hibernate()).state).toBe('hibernated')
    await killedAfter(after, resume)
    expect(['running', 'hibernated']).toContain(await state())
    expect((await resume()).state).toBe('running')
    await works()
  }
  await killAgents()
})

test('an application is written down and comes back', async () => {
  await ve.destroy()
  const script = 'i=0; while :; do i=$((i+1)); echo $i >/root/count; sleep 0.1; done'
  ve = new LabVe(lab, {
    kind: 'application',
    application: {
      command: ['sh', '-c', `${script}`],
      ...{ environment: {}, workingDirectory: '/', uid: 0, gid: 0 },
    },
  })
  await ve.create()
  await ve.start()
  const count = async () => Number(await ve.shell('cat /root/count'))
  await expect.poll(count, SLOW).toBeGreaterThan(3)
  const { initPid } = (await ve.seen()) ?? {}
  const reached = await count()
  expect((await hibernate()).state).toBe('hibernated')
  await resume()
  await expect.poll(count, SLOW).toBeGreaterThan(reached)
  expect((await ve.seen())?.initPid).not.toBe(initPid)
})
