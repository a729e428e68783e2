/**
 * The console of a VE that is restored. The monitor holds the other end of it and waits for one. Where a process of the VE had the
 * console open CRIU makes it again and hands its other end over. An init that opens it only to write something leaves CRIU nothing to
 * restore: then a new terminal, the first of the VE's, is opened for it as crun does when it makes a VE.
 */
import { type Arch, archFromUname } from '../../../lib/contract/arch.ts'
import { machineOf } from '../facts/machine.ts'
import type { Sys } from '../sys/sys.ts'

/** Of setns(2) and sendmsg(2): arch/ARCH/kernel/syscalls/syscall*.tbl; TIOCGPTN and TIOCSPTLCK: asm/ioctls.h. Of where CRIU is. */
const NUMBERS: Partial<Record<Arch, readonly [number, number, number, number]>> = {
  'x86-64': [308, 46, 0x8004_5430, 0x4004_5431],
  ppc64le: [350, 341, 0x4004_5430, 0x8004_5431],
}

/**
 * NUMBERS, then crun and what the monitor adds to it. Joins the VE's users and mounts, not its control group, where all stands still.
 * What is at that path may be anything: it is the VE's, and has to be a terminal's end by the kernel's word. The message is that of
 * unix(7), SCM_RIGHTS (1), with the structures of 64-bit little-endian machines.
 */
const SCRIPT = `
use strict; use Socket;
my ($setns, $sendmsg, $number, $unlock, @crun) = @ARGV;
system(@crun) == 0 or exit 1;
my ($path) = grep { -S } @crun or exit 0;
my %option; $option{$crun[$_]} = $crun[$_ + 1] for 0 .. $#crun - 1;
open(my $file, '<', $option{'--pid-file'}) or die "no pid: $!\\n"; chomp(my $pid = <$file>);
my $monitor;
socket($monitor, AF_UNIX, SOCK_STREAM, 0) && connect($monitor, sockaddr_un($path)) or die "$path: $!\\n";
open(my $users, '<', "/proc/$pid/ns/user") && open(my $mounts, '<', "/proc/$pid/ns/mnt") or die "$pid: $!\\n";
alarm 5;
if ((stat $users)[1] != (stat '/proc/self/ns/user')[1]) {
  syscall($setns + 0, fileno($users), 0x10000000) == 0 or die "setns: $!\\n";
}
syscall($setns + 0, fileno($mounts), 0x00020000) == 0 or die "setns: $!\\n";
$) = '0 0'; $( = 0; $< = $> = 0;
sysopen(my $master, '/dev/pts/ptmx', 0402) or die "/dev/pts/ptmx: $!\\n";
ioctl($master, $number + 0, my $index = pack('i', 0)) && ioctl($master, $unlock + 0, my $zero = pack('i', 0)) or die "no terminal: $!\\n";
my $text = 'console';
my $data = pack('P L!', $text, length $text);
my $rights = pack('L! i i i x4', 20, 1, 1, fileno $master);
my $message = pack('L! L! P L! P L! L!', 0, 0, $data, 1, $rights, length $rights, 0);
syscall($sendmsg + 0, fileno($monitor), $message, 0) > 0 or die "sendmsg: $!\\n";
`

/** The program and first words of what the monitor runs instead of `crun`. */
export function consoleWords(sys: Sys, crun: readonly string[]): string[] {
  const numbers = NUMBERS[archFromUname(machineOf(sys)) ?? 'x86-64'] ?? [0, 0, 0, 0]
  return ['perl', '-e', SCRIPT, '--', ...numbers.map(String), ...crun]
}
