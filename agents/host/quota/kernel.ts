/**
 * The kernel's quota of users and groups on the file system that something is on: quotactl_fd(2), so that no device has to be
 * named, which might be another VE's by then. Linux 5.14; ids are those on the disk.
 */
import type { Problem } from '../../../lib/contract/problem.ts'
import {
  type OwnerGrace,
  type OwnerLimits,
  QUOTA_OWNER_KINDS,
  type QuotaOwner,
  type QuotaOwnerKind,
} from '../../../lib/contract/quota.ts'
import { machineOf } from '../facts/machine.ts'
import { commandFailed } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** What the kernel says of one owner. */
export type KernelOwner = Omit<QuotaOwner, 'name'>

/** The directory that a file system is mounted at, the ids on it that are asked about, and what it means when it enforces nothing. */
export type QuotaPlace = { path: string; firstId: number; lastId: number; off: Problem }

/** The number is the same everywhere but on ia64, which counts from 1024: kernel sources, syscall*.tbl. */
const quotactlFd = (sys: Sys) => (machineOf(sys) === 'ia64' ? '1467' : '443')

/** Of limits on space; struct if_dqblk in <linux/quota.h>. */
const BLOCK_BYTES = 1024
const NOT_ON = 3

/**
 * Constant text; PATH VERB and words. The path is a mount's root, which no VE can replace, and is not looked into. Exit code 3 when
 * limits are not enforced there. Commands and structures are those of <linux/quota.h> and <linux/dqblk_xfs.h>.
 */
const SCRIPT = `
use strict; use Fcntl;
my ($call, $path, $verb, @words) = @ARGV;
sysopen(my $root, $path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) or die "$path: $!\\n";
sub quotactl { syscall($call + 0, fileno($root), $_[0] << 8 | $_[1], $_[2] + 0, $_[3]) == 0 }
my ($on, $off, $info, $setinfo) = (0x800002, 0x800003, 0x800005, 0x800006);
my ($one, $set, $next, $state) = (0x800007, 0x800008, 0x800009, 0x5805);
my $flags = "\\0" x 256;
exit ${NOT_ON} unless quotactl($state, 0, 0, $flags);
my @enforced = map { unpack('x2 S', $flags) & $_ } 2, 8;
exit ${NOT_ON} unless $verb eq 'enforce' || $enforced[0] && $enforced[1];
sub line {
  my ($type, $id, @row) = @_;
  print join(' ', $type, $id, @row[0 .. 7]), "\\n";
}
if ($verb eq 'list') {
  my ($from, $to, $most) = @words;
  my @rows;
  for my $type (0, 1) {
    my $id = $from;
    while ($id <= $to) {
      my $found = "\\0" x 72;
      last unless quotactl($next, $type, $id, $found);
      my @row = unpack('Q8 L L', $found);
      last if $row[9] > $to;
      $id = $row[9] + 1;
      push @rows, [$type, $row[9], @row[0 .. 7]] if grep { $_ } @row[0 .. 5];
    }
    my $grace = "\\0" x 24;
    quotactl($info, $type, 0, $grace) or die "grace: $!\\n";
    print join(' ', 'grace', $type, unpack('Q2', $grace)), "\\n";
  }
  my $limited = sub { (grep { $_ } @{$_[0]}[2, 3, 5, 6]) ? 1 : 0 };
  @rows = sort { $limited->($b) <=> $limited->($a) || $b->[4] <=> $a->[4] || $b->[7] <=> $a->[7] } @rows;
  print 'counted ', scalar(@rows), "\\n";
  line(@$_) for grep { defined } @rows[0 .. $most - 1];
} elsif ($verb eq 'get') {
  my ($type, $id) = @words;
  my $found = "\\0" x 72;
  # XFS has no record of who never had a file.
  quotactl($one, $type, $id, $found) or $! == 2 or die "quota of $id: $!\\n";
  line($type, $id, unpack('Q8', $found));
} elsif ($verb eq 'set') {
  my ($type, $id, $bytes_hard, $bytes_soft, $inodes_hard, $inodes_soft) = @words;
  my $limits = pack('Q8 L x4', $bytes_hard, $bytes_soft, 0, $inodes_hard, $inodes_soft, 0, 0, 0, 5);
  quotactl($set, $type, $id, $limits) or die "limits of $id: $!\\n";
} elsif ($verb eq 'enforce') {
  for my $type (0, 1) {
    next if !$enforced[$type] == !$words[0];
    quotactl($words[0] ? $on : $off, $type, 0, 0) or die "enforcing: $!\\n";
  }
} else {
  my ($type, $bytes, $inodes) = @words;
  my $grace = pack('Q2 L2', $bytes, $inodes, 0, 3);
  quotactl($setinfo, $type, 0, $grace) or die "grace: $!\\n";
}
`

const typeOf = (kind: QuotaOwnerKind) => String(QUOTA_OWNER_KINDS.indexOf(kind))

/** Throws the place's problem when its file system enforces no limits of users and groups. */
function ask(sys: Sys, { path, off }: QuotaPlace, words: readonly string[]): string {
  const argv = ['perl', '-e', SCRIPT, quotactlFd(sys), path, ...words]
  const result = sys.run(argv)
  if (result.code === NOT_ON) throw off
  // Without the script, which is long and says nothing of what went wrong.
  if (result.code !== 0) throw commandFailed(['quotactl', path, ...words], result)
  return result.stdout
}

/** 0 is no limit to the kernel. One that was rounded up may be more than a whole number can say. */
const limit = (value: number, unit: number) =>
  value === 0 ? null : Math.min(value * unit, Number.MAX_SAFE_INTEGER)
/** Rounded up: what was allowed stays allowed. */
const word = (value: number | null, unit: number) => String(Math.ceil((value ?? 0) / unit))
const time = (seconds: number) => (seconds === 0 ? null : seconds * 1000)

/** "TYPE ID" and the eight first fields of struct if_dqblk. */
function parseOwner(line: string, firstId: number): KernelOwner {
  const [type = 0, id = 0, hard = 0, soft = 0, used = 0, hardItems = 0, softItems = 0, items = 0, ...times] =
    line.split(' ').map(Number)
  const [bytesGrace = 0, inodesGrace = 0] = times
  return {
    kind: QUOTA_OWNER_KINDS[type] ?? 'user',
    id: id - firstId,
    usedBytes: used,
    usedInodes: items,
    limits: {
      softBytes: limit(soft, BLOCK_BYTES),
      hardBytes: limit(hard, BLOCK_BYTES),
      softInodes: limit(softItems, 1),
      hardInodes: limit(hardItems, 1),
    },
    bytesGraceEndsAt: time(bytesGrace),
    inodesGraceEndsAt: time(inodesGrace),
  }
}

export type KernelOwners = {
  owners: KernelOwner[]
  counted: number
  grace: Record<QuotaOwnerKind, OwnerGrace>
}

/** Exported for its test. */
export function parseOwners(text: string, firstId: number): KernelOwners {
  const never = { bytesSeconds: 0, inodesSeconds: 0 }
  const found: KernelOwners = { owners: [], counted: 0, grace: { user: never, group: never } }
  for (const line of text.trim().split('\n')) {
    const [first, ...rest] = line.split(' ')
    const [a = 0, bytesSeconds = 0, inodesSeconds = 0] = rest.map(Number)
    if (first === 'counted') found.counted = a
    else if (first === 'grace') found.grace[QUOTA_OWNER_KINDS[a] ?? 'user'] = { bytesSeconds, inodesSeconds }
    else if (first !== '') found.owners.push(parseOwner(line, firstId))
  }
  return found
}

/**
 * Users and groups that own files or have a limit: `most` of them, those with a limit first, then those that hold most; `counted` is
 * how many there are. Throws the place's problem.
 */
export function listQuota(sys: Sys, place: QuotaPlace, most: number): KernelOwners {
  const { firstId, lastId } = place
  return parseOwners(ask(sys, place, ['list', ...[firstId, lastId, most].map(String)]), firstId)
}

/** All zero of one that has nothing. `id` as the VE counts. Throws as above. */
export function getQuota(sys: Sys, place: QuotaPlace, kind: QuotaOwnerKind, id: number): KernelOwner {
  const { firstId } = place
  return parseOwner(ask(sys, place, ['get', typeOf(kind), String(firstId + id)]).trim(), firstId)
}

/** Space is rounded up to whole KiB. Throws as above. */
export function setQuota(
  sys: Sys,
  place: QuotaPlace,
  kind: QuotaOwnerKind,
  { id, limits }: { id: number; limits: OwnerLimits },
): void {
  const words = [
    ...[word(limits.hardBytes, BLOCK_BYTES), word(limits.softBytes, BLOCK_BYTES)],
    ...[word(limits.hardInodes, 1), word(limits.softInodes, 1)],
  ]
  ask(sys, place, ['set', typeOf(kind), String(place.firstId + id), ...words])
}

/** Of the whole file system. Throws as above. */
export function setGrace(sys: Sys, place: QuotaPlace, kind: QuotaOwnerKind, grace: OwnerGrace): void {
  ask(sys, place, ['grace', typeOf(kind), String(grace.bytesSeconds), String(grace.inodesSeconds)])
}

/** Whether limits hold; they are counted and kept either way. Throws the place's problem where nothing is even counted. */
export function enforceQuota(sys: Sys, place: QuotaPlace, enforced: boolean): void {
  ask(sys, place, ['enforce', enforced ? '1' : '0'])
}
