/** Attacks on memory: programs' own, files in memory, shared memory, swap, and processes. */
import { type Attack, OWN_MOUNTS } from './attack.ts'

const BOTH = [1, 2] as const
const MIB = 1_048_576

/** Each process makes children of fewer generations: 2 to the power of `most` in all, if it may. Who is refused tries again. */
const FORK = `
  my ($left, $told) = ($most, 0); $most = 1e9;
  while ($left > 0) {
    my $pid = child();
    if (!defined $pid) { $told ||= do { ended('EAGAIN'); 1 }; select(undef, undef, undef, 0.02); next }
    $left -= 1;
    if ($pid == 0) { ($got, $unsaid) = (0, 0); got(); flush() }
  }
  rest();
`

const FILL = `
  my $block = 'x' x ${MIB};
  while (1) { my $done = syswrite($file, $block); refused() if !defined $done || $done < ${MIB}; got() }
`

export const MEMORY_ATTACKS = [
  {
    name: 'fork-bomb',
    script: FORK,
    before: [],
    most: 9,
    seconds: 4,
    heldBy: 'pids.max',
    ends: ['EAGAIN'],
    counted: ['numproc'],
    cgroups: BOTH,
  },
  {
    name: 'memory-bomb',
    script: `my @all; while (1) { push @all, 'x' x ${MIB}; got() }`,
    before: [],
    most: 512,
    seconds: 4,
    heldBy: 'the limit of memory: the kernel kills within the VE',
    ends: ['killed'],
    counted: ['oomguarpages'],
    cgroups: BOTH,
  },
  {
    name: 'tmpfs-bomb',
    script: `
      system('mount', '-t', 'tmpfs', '-o', 'size=1g', 'none', '/mnt') == 0 or die;
      open(my $file, '>', '/mnt/fill') or refused();
      ${FILL}`,
    before: OWN_MOUNTS,
    most: 512,
    seconds: 4,
    heldBy: 'the limit of memory, whose files in memory are part',
    ends: ['killed', 'ENOMEM', 'ENOSPC'],
    counted: ['oomguarpages'],
    cgroups: BOTH,
  },
  {
    name: 'shm-bomb',
    script: `open(my $file, '>', '/dev/shm/fill') or refused(); unlink '/dev/shm/fill'; ${FILL}`,
    before: [],
    most: 512,
    seconds: 4,
    heldBy: 'the size of /dev/shm; were that lifted, the limit of memory (tmpfs-bomb)',
    ends: ['ENOSPC'],
    counted: ['shmpages'],
    cgroups: BOTH,
  },
  {
    name: 'swap-thrash',
    script: `
      my @all; push @all, 'x' x ${MIB} for 1..$most;
      while (1) { for my $each (@all) { substr($each, 4096 * $_, 1) = 'y' for 0..255 } got() }`,
    before: [],
    most: 160,
    seconds: 6,
    heldBy: 'memory.swap.max',
    ends: ['killed', 'time'],
    counted: ['swappages'],
    cgroups: [2],
  },
] as const satisfies readonly Attack[]
