import { type Arch, archFromUname } from '../../lib/contract/arch.ts'
import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import { machineOf } from './facts/machine.ts'
import { type Sys, WORDLESS_ENVIRONMENT } from './sys/sys.ts'

/** Whoever waits for a VE's own FUSE file system must not hold up the host. */
const SECONDS_MOST = '5'

/** Numbers of setns(2), mount(2) and umount2(2): arch/ARCH/kernel/syscalls/syscall*.tbl of the kernel's sources. */
const SYSCALLS: Record<Arch, readonly [number, number, number]> = {
  x86: [346, 21, 52],
  'x86-64': [308, 165, 166],
  ia64: [1330, 1043, 1044],
  ppc64: [350, 21, 52],
  ppc64le: [350, 21, 52],
}

/** What can be done at a path inside: words as below. */
const VERBS = {
  /** PATH TARGET: a symbolic link, unless something is there. */
  link: `directories($path); -e $path || -l $path || symlink($other, $path) or die "$path: $!\\n";`,
  /** PATH TARGET: takes the link away if it still leads there. */
  unlink: 'unlink $path if (readlink($path) // "") eq $other;',
  /** PATH SOURCE: a bind mount (MS_BIND), on a directory that is made if there is none. */
  bind: `directories("$path/."); syscall($mount, $other, $path, my $none = 'none', 4096, 0) == 0 or die "$path: $!\\n";`,
  /** PATH OPTIONS FLAGS: what is mounted there gets other options (MS_REMOUNT, and its flags again). */
  remount: `syscall($mount, my $none = 'none', $path, my $same = 'none', 32 | $flags, $other) == 0 or die "$path: $!\\n";`,
  /** PATH: detached (MNT_DETACH). */
  unbind: 'syscall($umount, $path, 2) == 0 or die "$path: $!\\n";',
} as const

/** Perl joins the namespaces and runs no program afterwards: the programs, the libraries and the /proc in there are the VE's. */
const script = (verb: keyof typeof VERBS) => `
use strict;
my ($pid, $setns, $mount, $umount, $path, $other, $flags) = @ARGV;
$_ = ($_ // 0) + 0 for $setns, $mount, $umount, $flags;
open(my $users, '<', "/proc/$pid/ns/user") && open(my $mounts, '<', "/proc/$pid/ns/mnt") or die "$pid: $!\\n";
syscall($setns, fileno($users), 0x10000000) == 0 && syscall($setns, fileno($mounts), 0x00020000) == 0 or die "setns: $!\\n";
$) = '0 0'; $( = 0; $< = $> = 0; die "not the VE's root: $!\\n" if $> != 0 || $< != 0;
umask 022;
sub directories {
  my ($path) = @_;
  return if $path !~ s{/[^/]*\\z}{} || $path eq '' || -d $path;
  directories($path);
  mkdir $path, 0755 or die "$path: $!\\n";
}
${VERBS[verb]}
`

/**
 * Does something small at a path of a running VE, as its root and in its own user and mount namespaces: whatever is found there
 * can do no more than that root. It stays in the host's network and outside of the VE's control group, so no verb may ever start a
 * program: any of them could be the VE's. False when it failed or took too long. Not done for a VE that shares the host's users,
 * whose root is the host's.
 */
export function runInside(
  sys: Sys,
  { namespaces }: Pick<VeSpec, 'namespaces'>,
  initPid: number,
  verb: keyof typeof VERBS,
  words: readonly string[],
): boolean {
  const arch = archFromUname(machineOf(sys))
  if (!namespaces.includes('user') || arch === null) return false
  const numbers = [initPid, ...SYSCALLS[arch]].map(String)
  const argv = ['timeout', '-k', '1', SECONDS_MOST, 'perl', '-e', script(verb), ...numbers, ...words]
  return sys.run(argv, { env: WORDLESS_ENVIRONMENT }).code === 0
}
