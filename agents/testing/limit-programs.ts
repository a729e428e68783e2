/**
 * Small programs for perl(1), which every template has, that try to get more of something inside a VE and print how much they got.
 * System calls by their x86-64 numbers (arch/x86/entry/syscalls/syscall_64.tbl).
 */

export const LIMIT_PROGRAMS = {
  /** Arguments: processes, seconds that they live. */
  fork: `my ($n, $s) = @ARGV; my $got = 0;
for (1 .. $n) { my $p = fork; if (!defined $p) { print "$!\\n"; last } if (!$p) { sleep $s; exit } $got++ }
print "got $got\\n"; wait for 1 .. $got;`,

  /** Arguments: MiB, seconds that they are held. Killed where there is not so much. */
  allocate: `$| = 1; my ($n, $s) = @ARGV; my @kept;
push @kept, pack('x1048576') for 1 .. $n; print "got $n\\n"; sleep $s;`,

  /** Arguments: signals, seconds that they wait, users. */
  queueSignals: `use POSIX; $| = 1; my ($n, $s, $uid) = @ARGV; $< = $> = $uid if $uid;
sigprocmask(SIG_BLOCK, POSIX::SigSet->new(40)); my $got = 0;
my $info = pack('l3x4l2q', 40, 0, -1, $$, $<, 0) . ("\\0" x 96);
for (1 .. $n) { if (syscall(129, $$, 40, $info) != 0) { print "$!\\n"; last } $got++ }
print "got $got\\n"; sleep $s;`,

  /** Argument: bytes of one process. */
  lockMemory: `my ($n) = @ARGV; my $room = 'x' x (1 << 22); my $at = (unpack('J', pack('p', $room)) + 4095) & ~4095;
print syscall(149, $at, $n + 0) == 0 ? "got $n\\n" : "$!\\n";`,

  /** Arguments: terminals, where their devpts is. */
  openTerminals: `my ($n, $at) = @ARGV; my @kept;
for (1 .. $n) { open(my $f, '+<', "$at/ptmx") or do { print "$!\\n"; last }; push @kept, $f }
print 'got ', scalar(@kept), "\\n";`,

  /** Argument: bytes of one segment. */
  shareMemory: `my ($n) = @ARGV; my $id = shmget(0, $n, 0600);
print defined $id ? "got $n\\n" : "$!\\n"; shmctl($id, 0, 0) if defined $id;`,

  /** Arguments: instances, seconds. */
  inotify: `$| = 1; my ($n, $s) = @ARGV; my $got = 0;
for (1 .. $n) { if (syscall(253) < 0) { print "$!\\n"; last } $got++ } print "got $got\\n"; sleep $s;`,

  /** Argument: connections to itself, each filled until nothing more goes in. Prints the bytes. */
  fillTcp: `use IO::Socket::INET; my ($n) = @ARGV; my (@kept, $sum);
my $l = IO::Socket::INET->new(Listen => 50, LocalAddr => '127.0.0.1', Proto => 'tcp') or die;
for (1 .. $n) {
  my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $l->sockport, Proto => 'tcp') or last;
  $c->blocking(0); push @kept, $c, $l->accept;
  for (my $quiet = 0; $quiet < 3;) {
    my $w = syswrite($c, 'x' x 65536);
    if (defined $w) { $sum += $w; $quiet = 0 } else { $quiet++; select(undef, undef, undef, 0.02) }
  }
}
print "got $sum\\n";`,

  /** Argument: seconds. */
  burn: `my $end = time + $ARGV[0]; 1 while time < $end;`,
} as const

/** What they say that they got. */
export const got = (printed: string) => Number(/^got (\d+)$/m.exec(printed)?.[1] ?? Number.NaN)
