/**
 * For perl(1): takes what the source of a move sends on standard input, and writes it in one directory and nowhere else. Words: the
 * directory, the most bytes of the disk, the most bytes of the checkpoint, the name of this boot of the host.
 *
 *   "corral-move 1\n", then frames: one letter, two unsigned numbers of 64 bits (network order)
 *     N size 0            a new, empty disk       R size 0          the disk as it is, of this size
 *     D offset length     bytes of the disk       Z offset length   zeros on the disk
 *     M 0 0               a new, empty checkpoint F length size     a file of it: its name, its bytes
 *     Y 0 0               the disk is to be on the disk of this host
 *     S live length       the seal: text          E 0 0             the end: of the VE's disk all is on the host's before "ok" is said
 *
 * A checkpoint is not waited for, nor a seal with one ("live" 1), since its VE stands still meanwhile: before any of it comes there is
 * on the disk, beside it, in which boot of the host it came, and in another it is not believed (arrived.ts).
 *
 * The answer is one line: "ok BYTES", or "error" and why. Whoever sends is not trusted: offsets and sizes are bounded, names are flat.
 * One receiver at a time: whoever comes later, for the same move, ends the one before, whose connection may be dead.
 */
export const RECEIVE = String.raw`
use strict; use warnings; no warnings 'portable';
use Fcntl qw(:flock O_RDWR O_WRONLY O_CREAT O_EXCL O_NOFOLLOW);
use IO::Handle;
my ($folder, $disk_most, $memory_most, $boot) = @ARGV;
my ($taken, $files, $memory, $disk, $end) = (0, 0, 0, undef, 0);
$SIG{PIPE} = 'IGNORE'; $SIG{HUP} = 'IGNORE';
sub fail { my $why = "@_"; $why =~ s/\s+/ /g; syswrite(STDOUT, "error $why\n"); exit 1 }
chdir $folder or fail("$!");
sysopen(my $lock, 'receiver', O_RDWR | O_CREAT | O_NOFOLLOW, 0600) or fail("lock: $!");
until (flock($lock, LOCK_EX | LOCK_NB)) {
  sysseek($lock, 0, 0); sysread($lock, my $pid, 20);
  kill 9, $1 if ($pid // '') =~ /^(\d+)\n/ && $1 > 1;
  select(undef, undef, undef, 0.02);
}
truncate($lock, 0); sysseek($lock, 0, 0); syswrite($lock, "$$\n");
-e 'accepted.json' or fail('nothing is expected any more');
unlink 'sealed.json';
sub get { my ($length) = @_; my $text = '';
  while (length $text < $length) {
    my $n = sysread(STDIN, $text, $length - length $text, length $text);
    fail('the connection ended') unless $n;
  }
  return $text }
sub put { my ($to, $bytes) = @_;
  for (my $at = 0; $at < length $bytes;) {
    my $n = syswrite($to, $bytes, length($bytes) - $at, $at);
    fail("write: $!") unless $n;
    $at += $n;
  } }
sub pour { my ($to, $length) = @_; $taken += $length;
  while ($length > 0) {
    my $n = sysread(STDIN, my $bytes, $length < 1048576 ? $length : 1048576);
    fail('the connection ended') unless $n;
    put($to, $bytes); $length -= $n;
  } }
sub disk { return $disk if defined $disk;
  sysopen($disk, 'disk.img', O_RDWR | O_NOFOLLOW) or fail("disk: $!"); return $disk }
sub bounded { my ($offset, $length) = @_;
  fail('beyond the disk') if $length > $disk_most || $offset > $disk_most - $length;
  sysseek(disk(), $offset, 0) }
sub fresh { my ($name) = @_; unlink $name;
  sysopen(my $to, $name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0644) or fail("$name: $!"); return $to }
sub empty { for (glob('checkpoint/* checkpoint/.*')) { unlink $_ if -f $_ } rmdir 'checkpoint' }
my %on = (
  N => sub { fail('too large a disk') if $_[0] > $disk_most; $disk = fresh('disk.img'); chmod 0600, $disk;
    truncate($disk, $_[0]) or fail("disk: $!") },
  R => sub { fail('too large a disk') if $_[0] > $disk_most; truncate(disk(), $_[0]) or fail("disk: $!") },
  D => sub { bounded(@_); pour($disk, $_[1]) },
  Z => sub { bounded(@_);
    for (my $left = $_[1]; $left > 0;) { my $n = $left < 1048576 ? $left : 1048576; put($disk, "\0" x $n); $left -= $n } },
  Y => sub { settle() },
  M => sub { empty(); mkdir('checkpoint', 0711) or fail("checkpoint: $!"); chmod 0711, 'checkpoint'; $memory = 0; $files = 0;
    my $when = fresh('checkpoint/arrived.boot'); put($when, $boot); $when->sync or fail("checkpoint: $!"); close $when;
    folder('checkpoint'); folder('.') },
  F => sub { fail('too long a name') if $_[0] > 100; my $name = get($_[0]);
    fail('not a name of a checkpoint') if $name eq 'arrived.boot' || $name !~ /\A[A-Za-z0-9][A-Za-z0-9._-]*\z/;
    fail('too many files') if ++$files > 100000;
    fail('too large a checkpoint') if $_[1] > $memory_most || ($memory += $_[1]) > $memory_most;
    my $to = fresh("checkpoint/$name"); pour($to, $_[1]); close($to) or fail("$name: $!") },
  S => sub { fail('too long a seal') if $_[1] > 65536; my $text = get($_[1]); settle();
    my $to = fresh('sealed.json'); put($to, $text);
    unless ($_[0] == 1) { $to->sync or fail("seal: $!"); folder('.') } close $to },
  E => sub { settle(); $end = 1 },
);
sub folder { system('sync', $_[0]) == 0 or fail("sync $_[0]") }
sub settle { return unless defined $disk; $disk->sync or fail("disk: $!"); folder('.'); $disk = undef }
fail('another protocol') unless get(14) eq "corral-move 1\n";
until ($end) { my ($letter, $a, $b) = unpack('aQ>Q>', get(17));
  my $do = $on{$letter} or fail('an unknown frame'); $do->($a, $b) }
syswrite(STDOUT, "ok $taken\n");
`
