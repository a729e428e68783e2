/** Counters of a VE that runs follow what its programs do; its limits' refusals are counted and told. A real host of the lab; needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { WatchSample } from '../lib/contract/agent-protocol.ts'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import type { BeancounterName } from '../lib/contract/beancounters.ts'
import type { LimitEvent } from '../lib/contract/limit-event.ts'
import { KIB, MIB } from '../lib/contract/units.ts'
import { withLimits } from '../lib/contract/ve-limits.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, expectFootprint, footprint, problemOf, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe, newKey } from './testing/lab-ve.ts'

const WATCHED = '/tmp/watched'
const SLOW = { timeout: 30_000, interval: 200 }

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
  await unwatch()
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

const reading = async (name: BeancounterName) => {
  const found = (await ve.seen())?.beancounters?.[name]
  if (!found) throw new Error(`No reading of ${name}.`)
  return found
}

/** Lets the host's watch look every so many seconds, as a worker would have it. */
async function watch(intervalSeconds: number): Promise<void> {
  await unwatch()
  const line = `(echo '{"intervalSeconds":${intervalSeconds}}'; exec sleep 600) | qjs --std ${HOST_PATHS.agent} watch >${WATCHED}`
  await lab.agent.run(`setsid sh -c "${line.replace(/"/g, '\\"')}" >/dev/null 2>&1 & echo $! >${WATCHED}.pid`)
  await expect.poll(async () => (await samples()).length, SLOW).toBeGreaterThan(0)
}
async function unwatch(): Promise<void> {
  await lab.agent.run(
    `test -e ${WATCHED}.pid && kill -- -$(cat ${WATCHED}.pid); rm -f ${WATCHED} ${WATCHED}.pid; true`,
  )
}
async function samples(): Promise<WatchSample[]> {
  const text = await lab.agent.run(`cat ${WATCHED} 2>/dev/null || true`)
  const whole = text.split('\n').slice(0, -1)
  return whole.map((line) => (JSON.parse(line) as { params: WatchSample }).params)
}
const events = async (): Promise<LimitEvent[]> => (await samples()).flatMap(({ limitEvents }) => limitEvents)
const eventOf = async (parameter: BeancounterName) =>
  (await events()).find((event) => event.parameter === parameter)

/** A program in the VE that does something, says so, and waits to be killed. */
async function during(program: string, work: () => Promise<void>): Promise<void> {
  const script = `${program}; open(my $said, '>', '/run/said'); close $said; sleep 1 while 1`
  await ve.exec(['sh', '-c', 'rm -f /run/said; exec setsid perl -e "$0" </dev/null >/run/err 2>&1 &', script])
  await ve.shell('for i in $(seq 200); do test -e /run/said && exit; sleep 0.1; done; cat /run/err')
  try {
    await work()
  } finally {
    await ve.shell('pkill -9 perl; while pgrep perl; do sleep 0.05; done')
  }
}

const SOCKETS = 'use Socket; my @held;'
/** What each program takes, at the least. */
const PROGRAMS: [BeancounterName, string, number][] = [
  ['numfile', 'my @held; for (1..200) { open(my $file, "<", "/dev/null"); push @held, $file }', 200],
  ['numproc', 'for (1..20) { fork() or do { sleep 1 while 1 } }', 20],
  [
    'numflock',
    'my @held; for (1..30) { open(my $file, ">", "/run/lock.$_"); flock($file, 2); push @held, $file }',
    30,
  ],
  ['numpty', 'my @held; for (1..10) { open(my $end, "+<", "/dev/ptmx") or die; push @held, $end }', 10],
  [
    'numsiginfo',
    'use POSIX; POSIX::sigprocmask(SIG_BLOCK, POSIX::SigSet->new(40)); kill 40, $$ for 1..50',
    50,
  ],
  [
    'lockedpages',
    'my $memory = "x" x 4194304; syscall(149, unpack("Q", pack("P", $memory)), 4194304) == 0 or die $!',
    3 * MIB,
  ],
  ['privvmpages', 'my $memory = "x" x 33554432', 32 * MIB],
  ['physpages', 'my $memory = "x" x 33554432', 32 * MIB],
  ['oomguarpages', 'my $memory = "x" x 33554432', 32 * MIB],
  ['shmpages', 'open(my $file, ">", "/dev/shm/held"); print $file "x" x 8388608; close $file', 8 * MIB],
  [
    'kmemsize',
    'my @held; for (1..400) { pipe(my $a, my $b); syswrite($b, "x" x 4096); push @held, $a, $b }',
    400 * KIB,
  ],
  [
    'numtcpsock',
    `${SOCKETS} for (1..20) { socket(my $one, PF_INET, SOCK_STREAM, 0); bind($one, sockaddr_in(0, INADDR_LOOPBACK)); listen($one, 1); push @held, $one }`,
    20,
  ],
  [
    'numothersock',
    `${SOCKETS} for (1..20) { socketpair(my $a, my $b, PF_UNIX, SOCK_STREAM, 0); push @held, $a, $b }`,
    40,
  ],
  [
    'dgramrcvbuf',
    `${SOCKETS} socket(my $in, PF_INET, SOCK_DGRAM, 0); bind($in, sockaddr_in(5000, INADDR_LOOPBACK)) or die; socket(my $out, PF_INET, SOCK_DGRAM, 0); send($out, "x" x 1000, 0, sockaddr_in(5000, INADDR_LOOPBACK)) for 1..20`,
    20_000,
  ],
  ...(['tcpsndbuf', 'tcprcvbuf'] satisfies BeancounterName[]).map(
    (name): [BeancounterName, string, number] => [
      name,
      `${SOCKETS} socket(my $to, PF_INET, SOCK_STREAM, 0); bind($to, sockaddr_in(5000, INADDR_LOOPBACK)) or die; listen($to, 5); socket(my $from, PF_INET, SOCK_STREAM, 0); connect($from, sockaddr_in(5000, INADDR_LOOPBACK)) or die; use Fcntl; fcntl($from, F_SETFL, O_NONBLOCK); 1 while syswrite($from, "x" x 65536)`,
      100 * KIB,
    ],
  ),
]

test('what is held follows what a program in the VE does', { timeout: 300_000 }, async () => {
  await started()
  await ve.shell('ip link set lo up')
  for (const [name, program, least] of PROGRAMS) {
    const { held } = await reading(name)
    await during(program, async () => {
      const during = await reading(name)
      expect({ name, more: during.held - held }).toEqual({
        name,
        more: expect.toSatisfy((more) => more >= least),
      })
      expect(during.maxheld).toBeGreaterThanOrEqual(during.held)
    })
    await ve.shell('rm -f /dev/shm/held /run/lock.*')
    await expect
      .poll(async () => ((await reading(name)).held < held + least ? name : `${name} is held`), SLOW)
      .toBe(name)
    const after = await reading(name)
    expect({ name, most: after.maxheld }).toEqual({
      name,
      most: expect.toSatisfy((most) => most >= held + least),
    })
  }
})

test('rules and local sockets, which programs tell, follow too while the host is watched', async () => {
  const { initPid } = await started()
  await watch(0.5)
  await lab.agent.run(
    `nsenter -t ${initPid} -n nft 'add table t; add chain t c; add rule t c accept; add rule t c drop'`,
  )
  await expect.poll(async () => (await reading('numiptent')).held, SLOW).toBe(2)
  const local = `${SOCKETS} use Fcntl; socketpair(my $a, my $b, PF_UNIX, SOCK_STREAM, 0); fcntl($a, F_SETFL, O_NONBLOCK); 1 while syswrite($a, "x" x 4096)`
  await during(local, async () => {
    await expect.poll(async () => (await reading('othersockbuf')).held, SLOW).toBeGreaterThan(64 * KIB)
  })
  await expect.poll(async () => (await reading('othersockbuf')).held, SLOW).toBe(0)
})

/** Told once, and first of all with the program that did it. */
async function expectHit(parameter: BeancounterName, event: Partial<LimitEvent>): Promise<void> {
  await expect.poll(() => eventOf(parameter), SLOW).toMatchObject(event)
  expect((await eventOf(parameter))?.holders[0]?.command).toBe('perl')
}

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
  await watch(0.5)
  await ve.exec(['perl', '-e', 'my $memory = "x" x (300 << 20)'])
  await expectHit('physpages', { kind: 'killed', refusals: 1, limit: 96 * MIB, uuid: ve.spec.uuid })
  expect((await reading('oomguarpages')).failcnt).toBe(1)
  expect((await reading('physpages')).failcnt).toBeGreaterThan(0)

  const forks = 'for (1..100) { my $pid = fork(); if (defined $pid && $pid == 0) { sleep 5; exit } }'
  await ve.exec(['sh', '-c', 'setsid perl -e "$0" </dev/null >/dev/null 2>&1 &', forks])
  await expectHit('numproc', { kind: 'refused', held: 40, limit: 40 })
  await expect.poll(async () => (await reading('numproc')).held, SLOW).toBeLessThan(10)
  await during(
    'my @held; while (@held < 400) { open(my $file, "<", "/dev/null"); push @held, $file }',
    async () => {
      await expectHit('numfile', { kind: 'refused', refusals: 1, limit: 300 })
    },
  )
  const found = (await events()).map(({ id }) => id)
  expect(new Set(found).size).toBe(found.length)

  const counted = (await ve.seen())?.beancounters
  await watch(0.5)
  const [first] = await samples()
  expect(first?.limitEvents).toEqual([])
  const again = first?.ves[0]?.beancounters
  for (const name of ['physpages', 'oomguarpages', 'numproc', 'numfile'] as const) {
    expect({ name, failcnt: again?.[name].failcnt }).toEqual({ name, failcnt: counted?.[name].failcnt })
    expect(again?.[name].maxheld).toBeGreaterThanOrEqual(counted?.[name].maxheld ?? Number.NaN)
  }
  await unwatch()
  await ve.stop()
  await ve.start()
  expect(await reading('numproc')).toMatchObject({ failcnt: 0 })
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
  await watch(0.5)
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
