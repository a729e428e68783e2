/**
 * Listens for the quota programs of one VE, as long as it runs: one request at a time, each a line of a few short words, answered
 * by an agent of its own. Constant text; SOCKET IDBASE COUNT and the agent's argv. What a VE can do with it: ask as often as the
 * monitor's control group, which this is in, has time; hold it up for SECONDS a time, for itself alone.
 */

const LINE_BYTES_MOST = 200
const READ_SECONDS = 2
const ANSWER_SECONDS = 60
const REST_SECONDS = 0.05

/** Who asks, the kernel says: credentials are those of connect(2), unix(7). The words are checked before they become arguments. The alarm may
 * come between the end of an answer and its taking back: it is caught there, and means nothing later. */
export const LISTENER_SCRIPT = `
use strict; use Socket; use Fcntl;
my ($path, $base, $count, @agent) = @ARGV;
for my $procs (split / /, $ENV{CORRAL_PROCS}) {
  my $out;
  open($out, '>', $procs) && syswrite($out, '0') or die "$procs: $!\\n";
}
chdir '/'; unlink $path; umask 0111;
my $listener;
socket($listener, AF_UNIX, SOCK_STREAM, 0) && bind($listener, sockaddr_un($path)) && listen($listener, 16) or die "$path: $!\\n";
my $pid = fork // die "fork: $!\\n";
exit 0 if $pid;
open(STDIN, '<', '/dev/null'); open(STDOUT, '>', '/dev/null'); open(STDERR, '>', '/dev/null');
$SIG{HUP} = $SIG{PIPE} = 'IGNORE';
my $answering = 0;
$SIG{ALRM} = sub { die "late\\n" if $answering };
sub answer {
  my ($peer) = @_;
  my (undef, $uid, $gid) = unpack('i3', getsockopt($peer, SOL_SOCKET, SO_PEERCRED) // return);
  ($uid, $gid) = ($uid - $base, $gid - $base);
  return if $uid < 0 || $uid >= $count || $gid < 0 || $gid >= $count;
  alarm ${READ_SECONDS};
  my $line = '';
  while ($line !~ /\\n/ && length $line < ${LINE_BYTES_MOST}) {
    sysread($peer, $line, ${LINE_BYTES_MOST}, length $line) or return;
  }
  $line =~ /\\A([a-z]{1,10}(?: [a-z0-9-]{1,20}){0,8})\\n\\z/ or return;
  my @words = split / /, $1;
  alarm ${ANSWER_SECONDS};
  open(my $said, '-|', 'timeout', '-k', '1', '${ANSWER_SECONDS}', @agent, $uid, $gid, @words) or return;
  my $text = do { local $/; <$said> };
  close $said;
  for (my $at = 0; $at < length $text;) { $at += syswrite($peer, $text, 65536, $at) || return }
}
while (1) {
  if (accept(my $peer, $listener)) {
    $answering = 1;
    eval { eval { answer($peer) }; alarm 0; $answering = 0 };
    $answering = 0;
    close $peer;
  }
  select undef, undef, undef, ${REST_SECONDS};
}
`
