/**
 * What one VE does to its host and its neighbours: a small program in Perl, which every Debian has, run as the VE's root. Each stops by
 * itself after so many steps and so many seconds, whatever becomes of it, and keeps what it got until then, so that it can be seen.
 */
import type { BeancounterName } from '../../lib/contract/beancounters.ts'

/** How it ends when it is held: the errno that it meets, `killed` by the kernel for want of memory, or in no way that it notices. */
export type Refusal =
  | 'EAGAIN'
  | 'EDQUOT'
  | 'EMFILE'
  | 'ENFILE'
  | 'ENOBUFS'
  | 'ENOMEM'
  | 'ENOSPC'
  | 'killed'
  | 'time'
  | 'count'

export type Attack = {
  name: string
  /** Perl, after PRELUDE: its words are `got`, `refused`, `enough`, `child`, `number`. */
  script: string
  /** Program and arguments that run Perl in its place, such as unshare(1). */
  before: readonly string[]
  /** At most so many steps, all of its processes together, and so many seconds on a machine of its own speed. */
  most: number
  seconds: number
  /** What holds it, in words. */
  heldBy: string
  /** How it ends; on some kernels one way, on others another. */
  ends: readonly Refusal[]
  /** The parameters whose failcnt counts it, or why none does. */
  counted: readonly BeancounterName[] | { none: string }
  /** Versions of cgroups that it is for: one that needs swap is not for where there is none. */
  cgroups: readonly (1 | 2)[]
}

/** All that attacks leave in the VE's file system is below it. */
export const PLACE = '/root/abuse'

/**
 * The attack is a child, first to be killed when the VE has no memory left, so that its parent can tell. Of it and its children lines
 * come through a pipe, which ends when all of them have: "+n" for n steps, "=how" for how it ended.
 */
const PRELUDE = `
use strict; use POSIX (); use Errno; use Socket;
my ($most, $seconds, $peer) = @ARGV;
my ($got, $unsaid, $end) = (0, 0, time + $seconds);
pipe(my $from, my $to) or die "pipe: $!\\n";
sub number { my $of = shift; $of->{(POSIX::uname())[4]} // die "not known on this machine\\n" }
sub flush { syswrite($to, "+$unsaid\\n") if $unsaid; $unsaid = 0 }
sub ended { flush(); syswrite($to, "=$_[0]\\n") }
sub rest { select(undef, undef, undef, 0.1) while 1 }
sub refused { my ($name) = grep { $!{$_} } sort keys %!; ended($name // 'unknown'); rest() }
sub enough { ended('count'); rest() }
sub got { $got += 1; $unsaid += 1; flush() if $unsaid >= 64; enough() if $got >= $most }
sub bound { $SIG{ALRM} = sub { flush(); POSIX::_exit(0) }; my $left = $end - time; alarm($left > 0 ? $left : 1) }
sub child { my $pid = fork(); bound() if defined $pid && $pid == 0; $pid }
`

const RUN = `
my $pid = fork() // die "fork: $!\\n";
if ($pid == 0) {
  close $from; bound();
  if (open(my $score, '>', '/proc/self/oom_score_adj')) { syswrite($score, '1000') }
  mkdir '${PLACE}'; chdir '${PLACE}' or die "${PLACE}: $!\\n";
  attack(); ended('time'); rest();
}
close $to; alarm($seconds + 60);
my ($sum, $how) = (0, 'time');
while (my $line = <$from>) { if ($line =~ /^\\+(\\d+)/) { $sum += $1 } elsif ($line =~ /^=(\\w+)/) { $how = $1 if $how eq 'time' } }
waitpid($pid, 0);
$how = 'killed' if ($? & 127) == 9;
die "failed\\n" if $? >> 8;
print "$sum $how\\n";
`

/** On a machine that is so many times slower than one of its own; `peer` is the IPv4 address of another VE. */
export function attackCommand(attack: Attack, slowness: number, peer: string): string[] {
  const program = `${PRELUDE}sub attack {${attack.script}}\n${RUN}`
  const words = [attack.most, attack.seconds * slowness, peer].map(String)
  return [...attack.before, 'perl', '-e', program, ...words]
}

/** In a mount namespace of its own, so that what it mounts goes with it; by users of its own, so that an application may, too. */
export const OWN_MOUNTS = ['unshare', '--user', '--map-root-user', '--mount']

/** With as many open files for each process as the VE may have. */
export const MANY_FILES = ['sh', '-c', 'ulimit -n $(ulimit -H -n); exec "$@"', 'sh']

export type AttackReport = { got: number; how: string }

/** What it printed; null of one that was killed as a whole, and so could print nothing. */
export function parseReport(printed: string): AttackReport | null {
  const [, got, how] = /^(\d+) (\w+)$/m.exec(printed) ?? []
  return got === undefined || how === undefined ? null : { got: Number(got), how }
}

/** Takes away what an attack left: files, and IPC objects, which outlive their makers. */
export const CLEAN_UP = [
  'perl',
  '-e',
  `
use strict;
my %of = (shm => sub { shmctl($_[0], 0, 0) }, msg => sub { msgctl($_[0], 0, 0) }, sem => sub { semctl($_[0], 0, 0, 0) });
for my $kind (keys %of) {
  open(my $list, '<', "/proc/sysvipc/$kind") or next;
  <$list>; while (<$list>) { my (undef, undef, $id) = split /\\s+/; $of{$kind}->($id) }
}
exec 'rm', '-rf', '${PLACE}';
`,
]
