/** Programs in a VE that take something of each parameter, and the host's watch as a worker would have it. */
import { expect } from 'vitest'
import { HOST_PATHS, type WatchSample } from '../../lib/contract/agent-protocol.ts'
import type { BeancounterName, BeancounterReading } from '../../lib/contract/beancounters.ts'
import type { LimitEvent } from '../../lib/contract/limit-event.ts'
import { KIB, MIB } from '../../lib/contract/units.ts'
import type { LabAgent } from './lab-agent.ts'
import type { LabVe } from './lab-ve.ts'

const WATCHED = '/tmp/watched'
export const SLOW = { timeout: 60_000, interval: 200 }

export async function readingOf(ve: LabVe, name: BeancounterName): Promise<BeancounterReading> {
  const found = (await ve.seen())?.beancounters?.[name]
  if (!found) throw new Error(`No reading of ${name}.`)
  return found
}

/** Lets the watch look every so many seconds. */
export async function watch(agent: LabAgent, intervalSeconds: number): Promise<void> {
  await unwatch(agent)
  const line = `(echo '{"intervalSeconds":${intervalSeconds}}'; exec sleep 900) | qjs --std ${HOST_PATHS.agent} watch >${WATCHED}`
  await agent.run(`setsid sh -c "${line.replace(/"/g, '\\"')}" >/dev/null 2>&1 & echo $! >${WATCHED}.pid`)
  await expect.poll(async () => (await samples(agent)).length, SLOW).toBeGreaterThan(0)
}

export async function unwatch(agent: LabAgent): Promise<void> {
  await agent.run(
    `test -e ${WATCHED}.pid && kill -- -$(cat ${WATCHED}.pid); rm -f ${WATCHED} ${WATCHED}.pid; true`,
  )
}

export async function samples(agent: LabAgent): Promise<WatchSample[]> {
  const text = await agent.run(`cat ${WATCHED} 2>/dev/null || true`)
  const whole = text.split('\n').slice(0, -1)
  return whole.map((line) => (JSON.parse(line) as { params: WatchSample }).params)
}

export const events = async (agent: LabAgent): Promise<LimitEvent[]> =>
  (await samples(agent)).flatMap(({ limitEvents }) => limitEvents)

/** Told, and first of all with the program that did it. */
export async function expectHit(
  agent: LabAgent,
  parameter: BeancounterName,
  event: Partial<LimitEvent>,
): Promise<void> {
  const told = async () => (await events(agent)).find((each) => each.parameter === parameter)
  await expect.poll(told, SLOW).toMatchObject(event)
  expect((await told())?.holders[0]?.command).toBe('perl')
}

/** A program in the VE that does something, says so, and waits to be killed. */
export async function during(ve: LabVe, program: string, work: () => Promise<void>): Promise<void> {
  const script = `${program}; open(my $said, '>', '/run/said'); close $said; sleep 1 while 1`
  await ve.exec(['sh', '-c', 'rm -f /run/said; exec setsid perl -e "$0" </dev/null >/run/err 2>&1 &', script])
  await ve.shell('for i in $(seq 600); do test -e /run/said && exit; sleep 0.1; done; cat /run/err')
  try {
    await work()
  } finally {
    await ve.shell('pkill -9 perl; while pgrep perl; do sleep 0.05; done')
  }
}

export const SOCKETS = 'use Socket; my @held;'
/** What it takes of which parameter, at the least. */
type Program = [parameter: BeancounterName, program: string, least: number]

const PROGRAMS: Program[] = [
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
    (name): Program => [
      name,
      `${SOCKETS} socket(my $to, PF_INET, SOCK_STREAM, 0); bind($to, sockaddr_in(5000, INADDR_LOOPBACK)) or die; listen($to, 5); socket(my $from, PF_INET, SOCK_STREAM, 0); connect($from, sockaddr_in(5000, INADDR_LOOPBACK)) or die; use Fcntl; fcntl($from, F_SETFL, O_NONBLOCK); 1 while syswrite($from, "x" x 65536)`,
      100 * KIB,
    ],
  ),
]

/** Counted on cgroup v2 only. */
const PROGRAMS_V2: Program[] = [
  // Of a directory in memory its name can be taken back, which is 192 bytes and up.
  ['dcachesize', 'mkdir "/run/held" or die; for (1..8000) { mkdir "/run/held/$_" or die }', MIB],
]

const AFTERWARDS = 'rm -rf /dev/shm/held /run/lock.* /run/held'

/** That what is held follows each of these programs, up and down, and the most of it stays. The VE is to have a network of its own. */
export async function expectFollows(ve: LabVe, version: 1 | 2): Promise<void> {
  await ve.shell('ip link set lo up')
  for (const [name, program, least] of version === 1 ? PROGRAMS : [...PROGRAMS, ...PROGRAMS_V2]) {
    const { held } = await readingOf(ve, name)
    const enough = { name, bytes: expect.toSatisfy((bytes) => bytes >= least) }
    await during(ve, program, async () => {
      const now = await readingOf(ve, name)
      expect({ name, bytes: now.held - held }).toEqual(enough)
      expect(now.maxheld).toBeGreaterThanOrEqual(now.held)
    })
    await ve.shell(AFTERWARDS)
    const state = async () => ((await readingOf(ve, name)).held < held + least ? 'let go' : `${name} is held`)
    await expect.poll(state, SLOW).toBe('let go')
    expect({ name, bytes: (await readingOf(ve, name)).maxheld - held }).toEqual(enough)
  }
}
