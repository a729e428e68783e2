import { setTimeout as sleep } from 'node:timers/promises'
import { HOST_PATHS } from '../contract/agent-constants.ts'
import type { EngineHost } from './engine-host.ts'
import type { Measured } from './figure.ts'

const INTERVAL_SECONDS = 10
const ROUNDS = 3
const STARTS_MS = 5_000

/** Says its pid, and goes on until it is killed, with all it started. */
const WATCH = `setsid sh -c '(echo "{\\"intervalSeconds\\":${INTERVAL_SECONDS}}"; exec sleep 3600) | qjs --std ${HOST_PATHS.agent} watch >/dev/null' >/dev/null 2>&1 &
for try in $(seq 100); do pid=$(pgrep -n -x qjs -s $!) && break; sleep 0.1; done
echo $! $pid`

/** What one sample reads of every VE, with nothing made of it: CPU seconds of its own each time. */
const READER = String.raw`
use strict;
my $root = '/sys/fs/cgroup';
my $v2 = -e "$root/cgroup.controllers";
my @memory = $v2 ? qw(stat current peak events swap.current)
  : qw(stat usage_in_bytes max_usage_in_bytes kmem.usage_in_bytes kmem.max_usage_in_bytes kmem.tcp.max_usage_in_bytes oom_control);
sub slurp { my ($path) = @_; open(my $file, '<', $path) or return ''; my $text = ''; 1 while sysread($file, $text, 65536, length $text); close $file; $text }
sub sample {
  slurp('/proc/locks');
  for my $state (glob '/run/crun/ve*') {
    my ($veid) = $state =~ /(\d+)$/;
    my ($init) = slurp("$state/status") =~ /"pid"\s*:\s*(\d+)/ or next;
    my $in = sub { $v2 ? "$root/corral/ve$veid" : "$root/$_[0]/corral/ve$veid" };
    slurp($in->('memory') . "/memory.$_") for @memory;
    slurp($in->('pids') . "/$_") for qw(pids.current pids.peak cgroup.procs);
    slurp($v2 ? $in->('') . '/cpu.stat' : $in->('cpuacct') . '/cpuacct.usage');
    slurp("/proc/$init/$_") for qw(stat status net/sockstat net/sockstat6);
    for my $pid (split ' ', slurp($in->('pids') . '/cgroup.procs')) { slurp("/proc/$pid/statm"); lstat "/proc/$pid/fd" }
    slurp("/vz/ve/$veid/traffic.json");
    slurp("/run/corral/monitor/ve$veid/beancounters");
  }
}
my @before = times;
sample() for 1..20;
my @after = times;
printf "%.4f\n", ($after[0] + $after[1] - $before[0] - $before[1]) / 20;
`

/** Of a process and all those it started and waited for: utime, stime, cutime and cstime of proc_pid_stat(5). */
async function cpuSeconds({ shell }: EngineHost, pid: string): Promise<number> {
  const text = await shell(['cat', `/proc/${pid}/stat`])
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100
}

/** What watching the VEs that run costs, as parts of a core; the first sample, which looks at everything, is left out. */
export async function measureSampling(host: EngineHost, ves: number): Promise<Measured> {
  const [group, pid] = (await host.shell(['sh', '-c', WATCH])).trim().split(' ')
  if (!group || !pid) throw new Error('The watch did not start.')
  try {
    await sleep(STARTS_MS)
    const runs: number[] = []
    for (let round = 0, spent = await cpuSeconds(host, pid); round < ROUNDS; round += 1) {
      await sleep(INTERVAL_SECONDS * 1000)
      const now = await cpuSeconds(host, pid)
      runs.push((now - spent) / INTERVAL_SECONDS)
      spent = now
    }
    const reading = Number(await host.shell(['perl', '-e', READER])) / INTERVAL_SECONDS
    return {
      unit: 'cores',
      runs,
      note:
        `at most 0.02; all counters, traffic and disks of ${ves} idle VEs every ${INTERVAL_SECONDS} s, with the programs it runs; what a ` +
        `VE holds inside is looked at when it did something, else once a minute; reading all those files every time, in perl and with ` +
        `nothing made of them: ${reading.toFixed(4)} cores`,
    }
  } finally {
    await host.shell(['sh', '-c', `kill -- -${group}`])
  }
}
