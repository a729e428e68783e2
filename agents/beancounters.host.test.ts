/** Counters of a VE that runs follow what its programs do; its limits' refusals are counted and told. A real host of the lab; needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import type { BeancounterName } from '../lib/contract/beancounters.ts'
import { KIB, MIB } from '../lib/contract/units.ts'
import { withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import {
  during,
  events,
  expectFollows,
  expectHit,
  readingOf,
  SLOW,
  SOCKETS,
  samples,
  unwatch,
  watch,
} from './testing/counter-scene.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'

let lab: AgentLab
let ve: LabVe
let before: string[]

beforeAll(async () => {
  lab = await raiseAgentLab()
  ve = new LabVe(lab, { interfaces: [] })
  await ve.create()
  for (let boots = 0; boots < 2; boots += 1) {
    await ve.start() // the log of the boot before the last is kept too
    await ve.stop()
  }
  before = await footprint(lab)
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  ve.spec = new LabVe(lab, { interfaces: [] }).spec
})
afterEach(async () => {
  await unwatch(lab.agent)
  await ve.stop()
  await expectFootprint(lab, before)
})

/** Until its boot is over: nothing more comes or goes. */
async function started() {
  const seen = await ve.start()
  let last = ''
  const processes = async () => {
    const was = last
    last = await ve.shell('ps -e -o pid= -o args= | grep -v "ps -e"')
    return was === last
  }
  await expect.poll(processes, { timeout: 30_000, interval: 1000 }).toBe(true)
  return seen
}

const reading = (name: BeancounterName) => readingOf(ve, name)

test('what is held follows what a program in the VE does', { timeout: 400_000 }, async () => {
  await started()
  await expectFollows(ve, 1)
})

test('rules and local sockets, which programs tell, follow too while the host is watched', async () => {
  const { initPid } = await started()
  await watch(lab.agent, 0.5)
  await lab.agent.run(
    `nsenter -t ${initPid} -n nft 'add table t; add chain t c; add rule t c accept; add rule t c drop'`,
  )
  await expect.poll(async () => (await reading('numiptent')).held, SLOW).toBe(2)
  const local = `${SOCKETS} use Fcntl; socketpair(my $a, my $b, PF_UNIX, SOCK_STREAM, 0); fcntl($a, F_SETFL, O_NONBLOCK); 1 while syswrite($a, "x" x 4096)`
  await during(ve, local, async () => {
    await expect.poll(async () => (await reading('othersockbuf')).held, SLOW).toBeGreaterThan(64 * KIB)
  })
  await expect.poll(async () => (await reading('othersockbuf')).held, SLOW).toBe(0)
})

const KINDS_OF_HIT = {
  memoryBytes: 96 * MIB,
  processes: 40,
  beancounters: { numfile: { barrier: 300, limit: 300 } },
}

test('refusals are counted, told with who held most, and outlast the watch', {
  timeout: 300_000,
}, async () => {
  ve.spec = { ...ve.spec, limits: withLimits(EXAMPLE_SPEC.limits, KINDS_OF_HIT) }
  await started()
  await watch(lab.agent, 0.5)
  await ve.exec(['perl', '-e', 'my $memory = "x" x (300 << 20)'])
  await expectHit(lab.agent, 'physpages', {
    kind: 'killed',
    refusals: 1,
    limit: 96 * MIB,
    uuid: ve.spec.uuid,
  })
  expect((await reading('oomguarpages')).failcnt).toBe(1)
  expect((await reading('physpages')).failcnt).toBeGreaterThan(0)

  const forks = 'for (1..100) { my $pid = fork(); if (defined $pid && $pid == 0) { sleep 5; exit } }'
  await ve.exec(['sh', '-c', 'setsid perl -e "$0" </dev/null >/dev/null 2>&1 &', forks])
  await expectHit(lab.agent, 'numproc', { kind: 'refused', held: 40, limit: 40 })
  await expect.poll(async () => (await reading('numproc')).held, SLOW).toBeLessThan(10)
  await during(
    ve,
    'my @held; while (@held < 400) { open(my $file, "<", "/dev/null"); push @held, $file }',
    async () => {
      await expectHit(lab.agent, 'numfile', { kind: 'refused', refusals: 1, limit: 300 })
    },
  )
  const found = (await events(lab.agent)).map(({ id }) => id)
  expect(new Set(found).size).toBe(found.length)

  const counted = (await ve.seen())?.beancounters
  await watch(lab.agent, 0.5)
  const [first] = await samples(lab.agent)
  expect(first?.limitEvents).toEqual([])
  const again = first?.ves[0]?.beancounters
  for (const name of ['physpages', 'oomguarpages', 'numproc', 'numfile'] as const) {
    expect({ name, failcnt: again?.[name].failcnt }).toEqual({ name, failcnt: counted?.[name].failcnt })
    expect(again?.[name].maxheld).toBeGreaterThanOrEqual(counted?.[name].maxheld ?? Number.NaN)
  }
  await unwatch(lab.agent)
  await ve.stop()
  await ve.start()
  expect(await reading('numproc')).toMatchObject({ failcnt: 0 })
})

test('forks that are refused in a group below its own are the VE’s', async () => {
  ve.spec = { ...ve.spec, limits: withLimits(EXAMPLE_SPEC.limits, { processes: 40 }) }
  await started()
  await watch(lab.agent, 0.5)
  const forks =
    'sleep 1 until -e "/run/go"; for (1..60) { my $pid = fork(); if (defined $pid && $pid == 0) { sleep 5; exit } }'
  await ve.exec(['sh', '-c', 'rm -f /run/go; setsid perl -e "$0" </dev/null >/dev/null 2>&1 &', forks])
  const [group, below] = ['', '/below'].map((name) => `/sys/fs/cgroup/pids/corral/ve101${name}`)
  const move = `grep -qx perl /proc/$pid/comm && echo $pid >${below}/cgroup.procs`
  await lab.agent.run(
    `mkdir ${below}; for pid in $(cat ${group}/cgroup.procs); do ${move}; done; grep . ${below}/cgroup.procs`,
  )
  await ve.shell('touch /run/go')
  await expectHit(lab.agent, 'numproc', { kind: 'refused', limit: 40 })
  expect(await lab.agent.run(`cat ${group}/pids.events`)).toBe('max 0\n')
  expect((await reading('numproc')).failcnt).toBeGreaterThan(10)
})

/** Rows without what moves from one look to the next. */
const settled = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^101: */, '')
        .split(/\s+/),
    )
    .map(([name, held, , barrier, limit, failcnt]) =>
      /pages|size/.test(name ?? '') ? [name, barrier, limit, failcnt] : [name, held, barrier, limit, failcnt],
    )

test('the file and the method say the same, in the kernel’s words', async () => {
  await started()
  await watch(lab.agent, 0.5)
  const ask = () => lab.agent.call('user-beancounters', { veid: 101 }, newKey())
  const file = () => lab.agent.run(`cat ${HOST_PATHS.run}/user_beancounters`)
  const { text } = await ask()
  expect(text.split('\n').slice(0, 2)).toEqual([
    'Version: 2.5',
    expect.stringMatching(/^ +uid +resource +held +maxheld +barrier +limit +failcnt$/),
  ])
  await expect.poll(async () => settled(await file()), SLOW).toEqual(settled((await ask()).text))
  expect(await lab.agent.call('user-beancounters', {}, newKey())).toEqual({
    text: expect.stringContaining('101:'),
  })
  await ve.stop()
  await expect.poll(file, SLOW).not.toContain('101:')
  expect(await problemOf(ask())).toBe('ve-state-forbids')
})
