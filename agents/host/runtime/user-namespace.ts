/**
 * The user namespace of a VE, made before it. The kernel counts what a namespace's users take (signals that wait, locked memory,
 * message queues, inotify instances) also for the user who made it: were that the host's root, all VEs would share one count with
 * each other and with the host, and one of them could use it up. So it is made by the user that the VE's root is on the host.
 *
 * Who makes a namespace may do all in it. An agent that lacks CAP_SYS_RESOURCE, on a host that is itself a container, has it over its
 * VEs only in this way, and CRIU needs it there to read their limits (prlimit(2)): such a host's root makes them itself.
 */
import { ID_RANGE_SIZE, type VeSpec } from '../../../lib/contract/ve-spec.ts'
import { equipmentPaths } from '../equipment-paths.ts'
import { mustRun } from '../sys/run.ts'
import { type Sys, WORDLESS_ENVIRONMENT } from '../sys/sys.ts'
import { forNamespace, mayRaise, readRlimits, withRlimits } from './rlimits.ts'

/** unshare(1) holds it with cat(1), which answers once it is there, until it has its ids and is held by a mount. */
const SCRIPT = `
use strict;
my ($owner, $base, $size, $path) = @ARGV;
pipe(my $from_here, my $to_it) && pipe(my $from_it, my $to_here) or die "pipe: $!\\n";
my $pid = fork // die "fork: $!\\n";
if ($pid == 0) {
  close $to_it; close $from_it;
  open(STDIN, '<&', $from_here) && open(STDOUT, '>&', $to_here) or die "$!\\n";
  if ($owner) { $( = $owner; $) = "$owner $owner"; $< = $owner; $> = $owner }
  die "not user $owner: $!\\n" if $> != $owner || $< != $owner;
  exec 'unshare', '--user', 'cat' or die "unshare: $!\\n";
}
close $from_here; close $to_here;
syswrite($to_it, "\\n"); sysread($from_it, my $answer, 1) or die "no user namespace\\n";
for my $kind ('uid', 'gid') {
  open(my $map, '>', "/proc/$pid/\${kind}_map") or die "\${kind}_map: $!\\n";
  syswrite($map, "0 $base $size\\n") or die "\${kind}_map: $!\\n";
}
open(my $place, '>', $path) or die "$path: $!\\n";
system('mount', '--bind', "/proc/$pid/ns/user", $path) == 0 or die "$path cannot be mounted\\n";
close $to_it; waitpid($pid, 0);
`

/** Whether nobody else's are counted together with a VE's. */
export const countsAlone = (sys: Sys) => mayRaise(sys.read('/proc/self/status') ?? '')

/** Of a VE with users of its own; its equipment has to be prepared, and takes this away with it. */
export function makeUserNamespace(sys: Sys, { veid, idBase, namespaces, limits }: VeSpec): void {
  if (!namespaces.includes('user')) return
  const rlimits = forNamespace(readRlimits(sys, limits))
  const owner = countsAlone(sys) ? idBase : 0
  const words = [owner, idBase, ID_RANGE_SIZE, equipmentPaths(veid).users].map(String)
  mustRun(sys, [...withRlimits(rlimits), 'perl', '-e', SCRIPT, ...words], { env: WORDLESS_ENVIRONMENT })
}
