/** Attacks by files: space, inodes, open ones, locks, names, and the disk's time. */
import { type Attack, MANY_FILES, PLACE } from './attack.ts'

const BOTH = [1, 2] as const
const MIB = 1_048_576

export const FILE_ATTACKS = [
  {
    name: 'disk-filler',
    script: `
      open(my $file, '>', 'fill') or refused(); unlink 'fill';
      my $block = 'x' x ${MIB};
      while (1) { my $done = syswrite($file, $block); refused() if !defined $done || $done < ${MIB}; got() }`,
    before: [],
    most: 1024,
    seconds: 15,
    heldBy: 'the size of its disk',
    ends: ['ENOSPC', 'EDQUOT'],
    counted: { none: 'Space on disk is quota of level 1, which OpenVZ counts beside the beancounters.' },
    cgroups: BOTH,
  },
  {
    name: 'inode-bomb',
    script: `my $n = 0; while (1) { mkdir "d$n" if $n % 1000 == 0; my $d = $n - $n % 1000; open(my $f, '>', "d$d/$n") or refused(); $n += 1; got() }`,
    before: [],
    most: 60_000,
    seconds: 10,
    heldBy: 'the inodes of its disk',
    ends: ['ENOSPC', 'EDQUOT'],
    counted: { none: 'Inodes are quota of level 1, which OpenVZ counts beside the beancounters.' },
    cgroups: BOTH,
  },
  {
    name: 'open-file-bomb',
    // Pipes, two files each: no process may have them all.
    script: `
      $most = int($most / 30);
      for (1..29) { last if child() == 0 }
      while (1) { defined scalar(POSIX::pipe()) or refused(); got() }`,
    before: MANY_FILES,
    most: 150_000,
    seconds: 6,
    heldBy: 'the limit of memory: the kernel counts open files there',
    // Others of its processes are killed.
    ends: ['killed', 'count', 'ENFILE', 'ENOMEM'],
    counted: ['numfile', 'oomguarpages'],
    cgroups: BOTH,
  },
  {
    name: 'file-lock-bomb',
    // Every other byte, so that no two locks become one; a list each, as the kernel walks them.
    script: `
      my @files;
      while (1) {
        open(my $file, '+>', 'lock' . @files) or refused(); push @files, $file;
        for my $n (0..255) { fcntl($file, POSIX::F_SETLK(), pack('ssx4qqix4', POSIX::F_WRLCK(), 0, 2 * $n, 1, 0)) or refused(); got() }
      }`,
    before: [],
    most: 20_000,
    seconds: 6,
    heldBy:
      'nothing but its share of CPU time: the kernel has no limit, and does not count locks as the VE’s memory',
    ends: ['count', 'time', 'killed'],
    counted: ['numflock'],
    cgroups: BOTH,
  },
  {
    name: 'dentry-bomb',
    script: `
      for (1..500) { mkdir 'deeper' or refused(); chdir 'deeper' or refused() }
      chdir '${PLACE}';
      my $n = 0; while (1) { lstat("no-such-file-with-a-name-of-some-length-$n"); $n += 1; got() }`,
    before: [],
    most: 400_000,
    seconds: 6,
    heldBy: 'the limit of memory, from which the kernel takes names back that nobody uses',
    ends: ['count', 'time'],
    counted: { none: 'The kernel forgets older names instead of refusing new ones.' },
    cgroups: BOTH,
  },
  {
    name: 'fsync-storm',
    script: `
      my $n; for (1..3) { $n = $_; last if child() }
      open(my $file, '>', "storm$n") or refused(); 
      require IO::Handle;
      while (1) { syswrite($file, 'x' x 4096); $file->sync; sysseek($file, 0, 0); got() }`,
    before: [],
    most: 100_000,
    seconds: 4,
    heldBy: 'the limit of operations a second, where one is set; else its share of the disk',
    ends: ['time'],
    counted: { none: 'Nothing is refused: who uses the disk waits for it.' },
    cgroups: BOTH,
  },
] as const satisfies readonly Attack[]
