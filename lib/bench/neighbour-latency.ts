import { setTimeout as sleep } from 'node:timers/promises'
import { type Attack, attackCommand, CLEAN_UP } from '../../agents/abuse/attack.ts'
import { ATTACKED_LIMITS } from '../../agents/abuse/attacked-limits.ts'
import { ATTACKS } from '../../agents/abuse/attacks.ts'
import type { VeSpec } from '../contract/ve-spec.ts'
import type { EngineHost } from './engine-host.ts'
import { createVe, destroyVe, execInVe, startVe, veSpecOf } from './engine-ve.ts'
import { type Bench, type Measured, median, ratios } from './figure.ts'

const ROUNDS = 3
const WINDOW_SECONDS = 2
/** Until an attack has got what it can. */
const UNDER_WAY_MS = 700
const BETWEEN_ASKING_MS = 400
const CLEAN_UP_TRIES = 20
const PORT = 7007

/**
 * One connection after another. To "x" the byte itself; to "p" a page as a small application makes one, of a file that it reads, counts
 * and sorts: a few milliseconds of a processor. In a session of its own, so that it outlives who started it.
 */
const NEIGHBOUR = `
use strict; use Socket; use POSIX ();
my $door; socket($door, PF_INET, SOCK_STREAM, 0) && setsockopt($door, SOL_SOCKET, SO_REUSEADDR, 1) or die $!;
bind($door, sockaddr_in(${PORT}, INADDR_ANY)) && listen($door, 10) or die $!;
sub page {
  my %seen;
  open(my $in, '<', '/var/lib/dpkg/status') or die $!;
  while (<$in>) { last if $. > 1000; $seen{lc $_} += length for split /\\W+/ }
  return sprintf('%-8192.8192s', join(' ', map { "$_=$seen{$_}" } sort keys %seen));
}
exit 0 if fork();
POSIX::setsid(); POSIX::close($_) for 0..2;
while (accept(my $line, $door)) {
  while (sysread($line, my $byte, 1)) { syswrite($line, $byte eq 'p' ? page() : $byte) }
  close $line;
}
`

/** A byte and a page in turn, with a pause between; prints how many microseconds each took: a line of bytes, a line of pages. */
const ASK = `
use strict; use Socket; use Time::HiRes qw(time sleep);
my ($address, $seconds) = @ARGV; alarm $seconds + 20;
socket(my $line, PF_INET, SOCK_STREAM, 0) or die $!; setsockopt($line, 6, 1, 1);
connect($line, sockaddr_in(${PORT}, inet_aton($address))) or die $!;
my %size = (x => 1, p => 8192);
my $end = time + $seconds; my %took;
while (time < $end) {
  for my $what ('x', 'p') {
    my $began = time;
    syswrite($line, $what);
    for (my $left = $size{$what}; $left > 0;) { $left -= sysread($line, my $part, $left) || die "it hung up" }
    push @{$took{$what}}, int((time - $began) * 1e6);
    sleep 0.004;
  }
}
print "@{$took{$_}}\\n" for 'x', 'p';
`

/** Milliseconds: of a byte's way there and back the median; of pages the median and one in a hundred; of the agent the slowest answer. */
type Window = { byte: number; page: number; slow: number; agent: number }
type Contest = { name: string; quiet: Window[]; attacked: Window[] }

/** How much longer a VE's answers take while its neighbour attacks the host, of all attacks the worst. */
export const neighbourLatency: Bench = {
  names: ['neighbour-latency-worst'],
  needsRoot: true,
  async measure({ engine, say }) {
    const host = await engine()
    const contests = await withNeighbours(host, async (attacker, neighbour) => {
      const found: Contest[] = []
      for (const attack of ATTACKS_HERE) {
        say(`${ROUNDS} times quiet and under ${attack.name}`)
        found.push(await contend(host, attack, attacker, neighbour))
      }
      return found
    })
    return { 'neighbour-latency-worst': worstOf(contests) }
  },
}

/** RFC 2544's addresses for measurements: nobody is to reach them but the host. */
const addressOf = (nth: number) => `198.19.2.${nth + 1}`

async function withNeighbours<T>(
  host: EngineHost,
  work: (attacker: VeSpec, neighbour: VeSpec) => Promise<T>,
): Promise<T> {
  const tracked = veSpecOf(0, addressOf(0), ATTACKED_LIMITS)
  const attacker: VeSpec = {
    ...tracked,
    firewall: { enabled: true, policyIn: 'accept', policyOut: 'accept', rules: [] },
  }
  const neighbour = veSpecOf(1, addressOf(1))
  try {
    for (const spec of [attacker, neighbour]) {
      await createVe(host, spec)
      await startVe(host, spec)
    }
    await execInVe(host, neighbour, ['perl', '-e', NEIGHBOUR])
    return await work(attacker, neighbour)
  } finally {
    for (const spec of [attacker, neighbour]) await destroyVe(host, spec)
  }
}

/** A lab host has cgroup v1, and no swap of its own. */
const ATTACKS_HERE: readonly Attack[] = ATTACKS.filter(({ cgroups }) =>
  cgroups.some((version) => version === 1),
)

async function contend(
  host: EngineHost,
  attack: Attack,
  attacker: VeSpec,
  neighbour: VeSpec,
): Promise<Contest> {
  const contest: Contest = { name: attack.name, quiet: [], attacked: [] }
  const peer = neighbour.interfaces[0]?.addresses[0] ?? ''
  for (let round = 0; round < ROUNDS; round += 1) {
    contest.quiet.push(await window(host, peer))
    // However it ends: the worst of them kill all that the VE runs, itself too.
    const attacking = execInVe(host, attacker, attackCommand(attack, 1, peer)).catch(() => '')
    await sleep(UNDER_WAY_MS)
    contest.attacked.push(await window(host, peer))
    await attacking
    await cleanUp(host, attacker)
  }
  return contest
}

/** Until it gets through: what is still being killed of an attack holds all that the VE may have, and the kernel kills the cleaner with it. */
async function cleanUp(host: EngineHost, attacker: VeSpec): Promise<void> {
  for (let left = CLEAN_UP_TRIES; ; left -= 1) {
    try {
      await execInVe(host, attacker, CLEAN_UP)
      return
    } catch (error) {
      if (left === 1) throw error
      await sleep(BETWEEN_ASKING_MS)
    }
  }
}

async function window({ agent, shell }: EngineHost, peer: string): Promise<Window> {
  let asks = true
  const asking = shell(['perl', '-e', ASK, peer, String(WINDOW_SECONDS)]).finally(() => {
    asks = false
  })
  const answers: number[] = []
  while (asks) {
    const began = performance.now()
    await agent.call('ping', {}, `bench:ping:${began}`)
    answers.push(performance.now() - began)
    await sleep(BETWEEN_ASKING_MS)
  }
  const [bytes = [], pages = []] = (await asking)
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map((microseconds) => Number(microseconds) / 1000))
  const sorted = pages.toSorted((a, b) => a - b)
  return {
    byte: median(bytes),
    page: median(pages),
    slow: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    agent: Math.max(...answers),
  }
}

const all = (windows: readonly Window[], what: 'byte' | 'page') => windows.map((each) => each[what])
const slowest = (windows: readonly Window[], what: 'slow' | 'agent' | 'byte') =>
  Math.max(...windows.map((each) => each[what]))

/** The runs are those of the attack that is felt most; the note has all. */
export function worstOf(contests: readonly Contest[]): Measured {
  const results = contests
    .map(({ name, quiet, attacked }) => ({ name, runs: ratios(all(attacked, 'page'), all(quiet, 'page')) }))
    .sort((a, b) => median(b.runs) - median(a.runs))
  const [first] = results
  if (!first) throw new Error('No measurement was made.')
  const [quiet, attacked] = [
    contests.flatMap((each) => each.quiet),
    contests.flatMap((each) => each.attacked),
  ]
  return {
    unit: 'ratio',
    runs: first.runs,
    note:
      `at most 1.5; ${results.map(({ name, runs }) => `${name} ${median(runs).toFixed(2)}`).join(', ')}; ` +
      `a page of ${median(all(quiet, 'page')).toFixed(1)} ms when quiet; one in a hundred at worst ${slowest(quiet, 'slow').toFixed(1)} ms ` +
      `when quiet, ${slowest(attacked, 'slow').toFixed(1)} ms under attack; a byte there and back, which is to be woken twice, ${median(all(quiet, 'byte')).toFixed(2)} ms when quiet, ` +
      `${slowest(attacked, 'byte').toFixed(2)} ms at worst under attack; the host’s agent at the slowest ` +
      `${Math.round(slowest(quiet, 'agent'))} ms and ${Math.round(slowest(attacked, 'agent'))} ms (at most 1000)`,
  }
}
