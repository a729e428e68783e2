/** Attacks by objects of the kernel: terminals, signals, IPC, inotify; and on the CPU. */
import { type Attack, OWN_MOUNTS } from './attack.ts'

const BOTH = [1, 2] as const
/** syscall(2), by `uname -m`: rt_sigqueueinfo, inotify_init1, inotify_add_watch. */
const QUEUE = '{ x86_64 => 129, i686 => 178, ppc64le => 177 }'
const INOTIFY = '{ x86_64 => 294, i686 => 332, ppc64le => 318 }'
const WATCH = '{ x86_64 => 254, i686 => 292, ppc64le => 276 }'

export const KERNEL_ATTACKS = [
  {
    name: 'pty-flood',
    script: `while (1) { defined POSIX::open('/dev/ptmx', 2) or refused(); got() }`,
    before: [],
    most: 600,
    seconds: 5,
    heldBy: 'max= of its devpts',
    ends: ['ENOSPC'],
    counted: ['numpty'],
    cgroups: BOTH,
  },
  {
    name: 'own-devpts-flood',
    script: `
      system('mount', '-t', 'devpts', '-o', 'newinstance,ptmxmode=0666,max=1048576', 'none', '/mnt') == 0 or die;
      while (1) { defined POSIX::open('/mnt/ptmx', 2) or refused(); got() }`,
    before: OWN_MOUNTS,
    most: 400,
    seconds: 5,
    heldBy: 'kernel.pty.max of the host, which all VEs share: who has no terminal left waits for another VE',
    ends: ['count', 'killed', 'ENOSPC'],
    counted: ['numpty'],
    cgroups: BOTH,
  },
  {
    name: 'signal-flood',
    // SIGRTMIN + 6, which waits: struct siginfo with SI_QUEUE.
    script: `
      my ($queue, $signal) = (number(${QUEUE}), 40);
      POSIX::sigprocmask(0, POSIX::SigSet->new($signal));
      my $info = pack('iiix4iix8x96', $signal, 0, -1, $$, $<);
      while (1) { syscall($queue, $$, $signal, $info) == 0 or refused(); got() }`,
    before: [],
    most: 100_000,
    seconds: 5,
    heldBy: 'RLIMIT_SIGPENDING of its user namespace',
    ends: ['EAGAIN'],
    counted: ['numsiginfo'],
    cgroups: BOTH,
  },
  {
    name: 'ipc-flood',
    // A message queue, a set of semaphores and a page of shared memory each time; full queues.
    script: `
      while (1) {
        my $queue = msgget(0, 0600) // refused(); my $set = semget(0, 250, 0600) // refused(); my $memory = shmget(0, 4096, 0600) // refused();
        shmwrite($memory, 'x' x 4096, 0, 4096) or refused();
        msgsnd($queue, pack('l! a*', 1, 'x' x 8000), 2048) for 1..2;
        got();
      }`,
    before: [],
    most: 40_000,
    seconds: 4,
    heldBy: 'kernel.shmall, msgmni and shmmni of its IPC namespace; were they lifted, the limit of memory',
    ends: ['killed', 'ENOSPC', 'ENOMEM'],
    counted: ['oomguarpages'],
    cgroups: BOTH,
  },
  {
    name: 'inotify-flood',
    script: `
      my ($make, $watch) = (number(${INOTIFY}), number(${WATCH}));
      my @paths = glob('/usr/bin/*'); $#paths = 199 if @paths > 200;
      while (1) {
        my $fd = syscall($make, 0); refused() if $fd < 0;
        for my $path (@paths) { syscall($watch, $fd, $path, 0xfff) >= 0 or refused(); got() }
      }`,
    before: [],
    most: 500_000,
    seconds: 4,
    heldBy: 'user.max_inotify_instances of the host, which count the VE as one user',
    ends: ['EMFILE', 'ENOSPC', 'killed'],
    counted: { none: 'No beancounter is of inotify; what it takes is memory.' },
    // A lab host is itself a container, whose VEs count together with this machine's own root: it would run out for all.
    cgroups: [2],
  },
  {
    name: 'cpu-burners',
    script: `for (1..7) { last if child() == 0 } 1 while 1;`,
    before: [],
    most: 8,
    seconds: 4,
    heldBy: 'cpulimit, and its share of the CPUs',
    ends: ['time'],
    counted: { none: 'CPU time is no beancounter: nothing is refused, it waits.' },
    cgroups: BOTH,
  },
] as const satisfies readonly Attack[]
