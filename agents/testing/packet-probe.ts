/**
 * A Perl program (Perl is on every Debian) that sends and answers packets, for tests of what a firewall lets through:
 *
 *   serve PORT…           answers over TCP and UDP, IPv4 and IPv6, with what it got
 *   ask PROTO HOST PORT   "open", "refused" or "silent"
 *   keep HOST PORT FILE   speaks over one TCP connection until an answer fails to come; FILE has how often, then "cut"
 *   send HOST PORT BYTES  that many over TCP; the other side says at which rate they came, in bits a second
 *   fetch HOST PORT BYTES the same the other way round
 *   flood HOST COUNT      one UDP packet in each of so many connections
 */
export const PACKET_PROBE = `
use strict; use warnings; use IO::Socket::IP; use IO::Select; use Time::HiRes qw(time sleep);
$SIG{PIPE} = 'IGNORE'; $| = 1;
my ($what, @a) = @ARGV;
my $TCP = sub { IO::Socket::IP->new(PeerHost => $_[0], PeerPort => $_[1], Proto => 'tcp', Timeout => $_[2]) };
sub pour { my ($c, $bytes) = @_; my $b = 'x' x 65536; while ($bytes > 0) { my $n = syswrite($c, $b, $bytes < 65536 ? $bytes : 65536); last unless $n; $bytes -= $n } }
sub take { my ($c, $bytes) = @_; my ($got, $from) = (0, undef); while ($got < $bytes) { my $n = sysread($c, my $b, 65536); last unless $n; $from //= time; $got += $n } return $got * 8 / (time - $from) }
if ($what eq 'serve') {
  my $s = IO::Select->new; my %kind;
  for my $port (@a) {
    my $t = IO::Socket::IP->new(LocalHost => '::', LocalPort => $port, Proto => 'tcp', Listen => 9, ReuseAddr => 1, V6Only => 0) or die "tcp $port: $@";
    my $u = IO::Socket::IP->new(LocalHost => '::', LocalPort => $port, Proto => 'udp', V6Only => 0) or die "udp $port: $@";
    $s->add($t, $u); $kind{$t} = 'tcp'; $kind{$u} = 'udp';
  }
  print "ready\\n";
  while (1) { for my $f ($s->can_read) {
    my $k = $kind{$f} // 'connection';
    if ($k eq 'tcp') { $s->add($f->accept) }
    elsif ($k eq 'udp') { my $from = $f->recv(my $b, 1500); $f->send($b, 0, $from) if defined $from }
    elsif (!sysread($f, my $b, 65536)) { $s->remove($f); close $f }
    elsif ($b =~ /^pour (\\d+)\\n/) { pour($f, $1) }
    elsif ($b =~ /^take (\\d+)\\n(x*)/) { my $r = take($f, $1 - length $2); syswrite $f, "$r\\n" }
    else { syswrite $f, $b }
  } }
}
if ($what eq 'ask') {
  my ($proto, $host, $port) = @a;
  my $c = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Proto => $proto, Timeout => 1.5);
  if (!$c) { print $! =~ /refused/i ? 'refused' : $! =~ /timed|progress/i ? 'silent' : "error: $!"; exit }
  $c->blocking(1); syswrite $c, 'hello';
  if (!IO::Select->new($c)->can_read(1.5)) { print 'silent'; exit }
  my $n = sysread($c, my $b, 100);
  print defined $n && $b eq 'hello' ? 'open' : 'refused';
}
if ($what eq 'keep') {
  my ($host, $port, $file) = @a;
  my $c = $TCP->($host, $port, 2) or die "no connection: $!"; $c->blocking(1);
  my $say = sub { open(my $f, '>', "$file.new") or die; print $f $_[0]; close $f; rename "$file.new", $file };
  for (my $n = 1; ; $n++) {
    syswrite $c, 'tick';
    if (!IO::Select->new($c)->can_read(3) || !sysread($c, my $b, 100)) { $say->('cut'); exit }
    $say->($n); sleep 0.02;
  }
}
if ($what eq 'send') { my $c = $TCP->(@a[0, 1], 2) or die $!; $c->blocking(1); syswrite $c, "take $a[2]\\n"; pour($c, $a[2]); print scalar <$c> }
if ($what eq 'fetch') { my $c = $TCP->(@a[0, 1], 2) or die $!; $c->blocking(1); syswrite $c, "pour $a[2]\\n"; print take($c, $a[2]) }
if ($what eq 'flood') {
  my ($host, $count) = @a;
  for my $i (0 .. $count - 1) {
    my $s = IO::Socket::IP->new(PeerHost => $host, PeerPort => 20000 + $i % 40000, Proto => 'udp') or die $!;
    send($s, 'x', 0);
  }
}
`
