/**
 * For perl(1): sends parts of a VE to the other end of a program (ssh), in the frames that receive-script.ts tells of. Words: how many
 * words the program has, they, then what to send:
 *
 *   disk FILE [BASE …]    what of FILE the other end does not have, which has BASE, and perhaps parts of the bases after it; all of it
 *                         without any. Of copies that share blocks (reflink) what is at the same place on the disk is not read.
 *   await FILE            until there is one by that name; when who started this has ended meanwhile, nothing more is sent
 *   flush                 the other end may bring the disk to its own disk now
 *   room                  an empty place for a checkpoint, before its files
 *   images FOLDER         the files of a checkpoint
 *   seal TEXT             after all else; "seal-live" with memory, which a restart of the other end makes worthless
 *
 * Prints "sent BYTES". Exit codes: 3 when the other end refused, with its words on standard error; 4 when the connection broke.
 * FS_IOC_FIEMAP: Documentation/filesystems/fiemap.rst.
 */
export const SENDER_REFUSED = 3
export const SENDER_CUT_OFF = 4

export const SEND = String.raw`
use strict; use warnings; no warnings 'portable';
my $count = shift; my @program = splice(@ARGV, 0, $count);
$SIG{PIPE} = 'IGNORE';
my $parent = getppid();
my $sent = 0;
pipe(my $in, my $to) or die "pipe: $!"; pipe(my $from, my $out) or die "pipe: $!";
my $pid = fork() // die "fork: $!";
if ($pid == 0) { open(STDIN, '<&', $in); open(STDOUT, '>&', $out); close $_ for $in, $to, $from, $out;
  $SIG{PIPE} = 'DEFAULT'; exec(@program) or exit 127 }
close $in; close $out;
fcntl($to, 1031, 1048576); # F_SETPIPE_SZ
# Once it has said that all has come nothing more is waited for: neither the end of the connection nor that of the program.
sub finish { close $to; my $said = '';
  while ($said !~ /^ok \d+\n/m) { sysread($from, $said, 4096, length $said) or do { waitpid($pid, 0); last } }
  if ($said =~ /^error (.*)$/m) { print STDERR "$1\n"; exit 3 }
  return $said }
sub put { my ($bytes) = @_;
  for (my $at = 0; $at < length $bytes;) {
    my $n = syswrite($to, $bytes, length($bytes) - $at, $at);
    unless ($n) { my $why = "$!"; finish(); print STDERR "$why\n"; exit 4 }
    $at += $n;
  } }
sub frame { put(pack('aQ>Q>', @_)) }
sub pour { my ($file, $length, $name) = @_; $sent += $length;
  while ($length > 0) {
    my $n = sysread($file, my $bytes, $length < 1048576 ? $length : 1048576);
    die "$name: " . (defined $n ? 'it is shorter than it was' : $!) . "\n" unless $n;
    put($bytes); $length -= $n;
  } }
sub extents { my ($name) = @_; open(my $file, '<', $name) or die "$name: $!\n";
  my ($at, $size, @found) = (0, -s $file);
  while ($at < $size) {
    my $map = pack('QQLLLL', $at, $size - $at, 1, 0, 512, 0) . ("\0" x (56 * 512));
    ioctl($file, 0xC020660B, $map) or die "$name: fiemap: $!\n";
    my $mapped = unpack('x20L', $map); last unless $mapped; my $last = 0;
    for my $i (0 .. $mapped - 1) {
      my ($logical, $physical, $length, $flags) = unpack('x' . (32 + 56 * $i) . 'QQQx16L', $map);
      $last = 1 if $flags & 1; $at = $logical + $length;
      next if $flags & 0x800; # unwritten: zeros
      $length = $size - $logical if $logical + $length > $size;
      push @found, [$logical, $length, $flags & 0x20e ? undef : $physical] if $length > 0;
    }
    last if $last;
  }
  return @found }
# What of @$new is not at the same place in @$old, and where only @$old has anything; both sorted.
sub changes { my ($new, $old) = @_; my (@data, @zeros); my $k = 0;
  for my $extent (@$new) { my ($at, $length, $place) = @$extent; my $end = $at + $length;
    $k++ while $k < @$old && $old->[$k][0] + $old->[$k][1] <= $at;
    for (my $j = $k; $at < $end && $j < @$old && $old->[$j][0] < $end; $j++) {
      my ($start, $long, $was) = @{$old->[$j]}; my $stop = $start + $long; $stop = $end if $stop > $end;
      my $same = defined $place && defined $was && $was - $start == $place - $extent->[0];
      next unless $same;
      push @data, [$at, $start - $at] if $start > $at;
      $at = $stop;
    }
    push @data, [$at, $end - $at] if $at < $end;
  }
  $k = 0;
  for my $extent (@$old) { my ($at, $length) = @$extent; my $end = $at + $length;
    $k++ while $k < @$new && $new->[$k][0] + $new->[$k][1] <= $at;
    for (my $j = $k; $at < $end && $j < @$new && $new->[$j][0] < $end; $j++) {
      push @zeros, [$at, $new->[$j][0] - $at] if $new->[$j][0] > $at;
      $at = $new->[$j][0] + $new->[$j][1] if $new->[$j][0] + $new->[$j][1] > $at;
    }
    push @zeros, [$at, $end - $at] if $at < $end;
  }
  return (\@data, \@zeros) }
# At another place on the host's disk there may be the same.
sub differing { my ($new, $old, $at, $length) = @_; my @found; my $end = $at + $length;
  sysseek($new, $at, 0); sysseek($old, $at, 0);
  while ($at < $end) { my $n = $end - $at < 65536 ? $end - $at : 65536; my ($a, $b) = ('', '');
    defined sysread($new, $a, $n) && defined sysread($old, $b, $n) or die "cannot compare: $!\n";
    if ($a ne $b) { if (@found && $found[-1][0] + $found[-1][1] == $at) { $found[-1][1] += $n } else { push @found, [$at, $n] } }
    $at += $n }
  return @found }
sub disk { my ($name, @bases) = @_; open(my $file, '<', $name) or die "$name: $!\n";
  my $size = -s $file; my @new = extents($name);
  frame(@bases ? 'R' : 'N', $size, 0);
  for my $base (@bases ? @bases : undef) {
    my ($data, $zeros) = changes(\@new, [defined $base ? extents($base) : ()]);
    for (@$zeros) { my ($at, $length) = @$_; $length = $size - $at if $at + $length > $size;
      frame('Z', $at, $length) if $length > 0 }
    my $old; if (defined $base) { open($old, '<', $base) or die "$base: $!\n" }
    for (defined $old ? map { differing($file, $old, @$_) } @$data : @$data) {
      frame('D', @$_); sysseek($file, $_->[0], 0); pour($file, $_->[1], $name) }
  } }
sub images { my ($folder) = @_; opendir(my $names, $folder) or die "$folder: $!\n";
  for my $name (sort readdir $names) { my $path = "$folder/$name"; next if -l $path || ! -f $path;
    open(my $file, '<', $path) or die "$path: $!\n"; my $size = -s $file;
    frame('F', length $name, $size); put($name); pour($file, $size, $path) } }
sub await { my ($name) = @_;
  until (-e $name) { exit 5 if getppid() != $parent; select(undef, undef, undef, 0.002) } }
put("corral-move 1\n");
while (@ARGV) { my $what = shift;
  if ($what eq 'disk') { my @files; push @files, shift while @ARGV && $ARGV[0] =~ m{^/}; disk(@files) }
  elsif ($what eq 'await') { await(shift) }
  elsif ($what eq 'flush') { frame('Y', 0, 0) }
  elsif ($what eq 'room') { frame('M', 0, 0) }
  elsif ($what eq 'images') { images(shift) }
  elsif ($what =~ /^seal(-live)?$/) { my $live = defined $1 ? 1 : 0; my $text = shift; frame('S', $live, length $text); put($text) }
  else { die "unknown: $what\n" } }
frame('E', 0, 0);
my $said = finish();
if ($said !~ /^ok (\d+)$/m) { print STDERR "no answer\n"; exit 4 }
if ($1 != $sent) { print STDERR "$1 of $sent bytes arrived\n"; exit 3 }
print "sent $sent\n";
`
