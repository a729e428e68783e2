import { SHIM_INSIDE } from './shim-paths.ts'

/**
 * quota(1), repquota(8) and setquota(8) for a VE, whose root may set no quota by itself: it asks the host. It runs in the VE, with the
 * VE's own Perl, and is trusted with nothing. By its name it is one of the three.
 */
export const GUEST_TOOL = `#!/usr/bin/perl
use strict; use Socket;
my ($name) = $0 =~ m{([^/]+)\\z};
my %usage = (
  quota => 'quota [-u|-g] [NAME]',
  repquota => 'repquota [-u] [-g] [-n] [-a | /]',
  setquota => "setquota [-u|-g] NAME SOFT HARD SOFT-FILES HARD-FILES -a|/\\n       setquota [-u|-g] -t SECONDS SECONDS-FILES -a|/",
);
sub usage { print STDERR "usage: $usage{$name}\\n"; exit 2 }
my %is; my @words;
for (@ARGV) {
  if (/\\A-([a-zA-Z]+)\\z/) { $is{$_} = 1 for split //, $1 } else { push @words, $_ }
}
usage() if !$usage{$name} || grep { !/[ugatnsvw]/ } keys %is;
my @kinds = (($is{u} || !$is{g} ? 'user' : ()), ($is{g} ? 'group' : ()));

sub ask {
  my $host;
  socket($host, AF_UNIX, SOCK_STREAM, 0) && connect($host, sockaddr_un('${SHIM_INSIDE}/socket'))
    or die "$name: the host does not answer: $!\\n";
  syswrite($host, join(' ', @_) . "\\n");
  my @lines = <$host>;
  chomp @lines;
  my $first = shift @lines // 'error no answer';
  die "$name: " . ($first =~ s/\\Aerror //r) . "\\n" if $first ne 'ok';
  return map { [split / /] } @lines;
}

sub id_of {
  my ($kind, $whose) = @_;
  return $whose if $whose =~ /\\A\\d+\\z/;
  my $id = $kind eq 'user' ? getpwnam($whose) : getgrnam($whose);
  return $id // die "$name: $kind $whose does not exist.\\n";
}
sub name_of {
  my ($kind, $id) = @_;
  return "#$id" if $is{n};
  return ($kind eq 'user' ? getpwuid($id) : getgrgid($id)) // "#$id";
}
sub kib { $_[0] eq '-' ? 0 : int(($_[0] + 1023) / 1024) }
sub files { $_[0] eq '-' ? 0 : $_[0] }
sub left {
  my ($ends) = @_;
  return '' if $ends eq '-';
  my $seconds = $ends - time;
  return $seconds <= 0 ? 'none' : $seconds >= 172800 ? int($seconds / 86400) . 'days' : sprintf('%02d:%02d', $seconds / 3600, $seconds / 60 % 60);
}
sub period { $_[0] % 86400 ? "$_[0]seconds" : $_[0] / 86400 . 'days' }
sub above { my ($used, $soft, $hard) = @_; ($soft ne '-' && $used > $soft) || ($hard ne '-' && $used >= $hard) }

sub quota {
  my $over = 0;
  for my $kind (@kinds) {
    my $id = @words ? id_of($kind, $words[0]) : $kind eq 'user' ? $< : $( + 0;
    for (ask('one', $kind, $id)) {
      my (undef, undef, undef, $bytes, $items, $soft, $hard, $soft_items, $hard_items, @ends) = @$_;
      my @over = (above($bytes, $soft, $hard), above($items, $soft_items, $hard_items));
      $over ||= $over[0] || $over[1];
      printf "Disk quotas for %s %s (%s %d):\\n", $kind, name_of($kind, $id), $kind eq 'user' ? 'uid' : 'gid', $id;
      printf "%15s %9s %9s %9s %9s %8s %8s %8s %9s\\n", qw(Filesystem blocks quota limit grace files quota limit grace);
      printf "%15s %8d%s %9d %9d %9s %7d%s %8d %8d %9s\\n", '/', kib($bytes), $over[0] ? '*' : ' ', kib($soft), kib($hard), left($ends[0]),
        $items, $over[1] ? '*' : ' ', files($soft_items), files($hard_items), left($ends[1]);
    }
  }
  exit($over ? 1 : 0);
}

sub repquota {
  my @lines = ask('list');
  for my $kind (@kinds) {
    my ($grace) = grep { $_->[0] eq 'grace' && $_->[1] eq $kind } @lines;
    print "*** Report for $kind quotas on device /\\n";
    print 'Block grace time: ', period($grace->[2]), '; Inode grace time: ', period($grace->[3]), "\\n";
    printf "%-16s %-2s %-39s %s\\n", '', '', 'Block limits', 'File limits';
    printf "%-16s %-2s %9s %9s %9s %9s %8s %8s %8s %9s\\n", ucfirst $kind, '', qw(used soft hard grace used soft hard grace);
    print '-' x 95, "\\n";
    for (sort { $a->[2] <=> $b->[2] } grep { $_->[0] eq 'owner' && $_->[1] eq $kind } @lines) {
      my (undef, undef, $id, $bytes, $items, $soft, $hard, $soft_items, $hard_items, @ends) = @$_;
      printf "%-16s %s%s %9d %9d %9d %9s %8d %8d %8d %9s\\n", name_of($kind, $id),
        above($bytes, $soft, $hard) ? '+' : '-', above($items, $soft_items, $hard_items) ? '+' : '-',
        kib($bytes), kib($soft), kib($hard), left($ends[0]), $items, files($soft_items), files($hard_items), left($ends[1]);
    }
    print "\\n";
  }
  my ($counted) = grep { $_->[0] eq 'counted' } @lines;
  print "$counted->[1] owners of at most $counted->[2] that are counted\\n";
}

my %unit = ('' => 1, K => 1, M => 1024, G => 1024 ** 2, T => 1024 ** 3);
sub bytes_of {
  my ($number, $unit) = $_[0] =~ /\\A(\\d+)([KMGT]?)i?B?\\z/i or die "$name: not a size: $_[0]\\n";
  return sprintf '%d', $number * $unit{uc $unit} * 1024;
}
sub number_of { $_[0] =~ /\\A\\d+\\z/ ? $_[0] : die "$name: not a number: $_[0]\\n" }

sub setquota {
  usage() if @kinds > 1;
  my $place = $is{a} ? '/' : pop @words // '';
  die "$name: $place is no file system with quota: / is\\n" if $place ne '/';
  if ($is{t}) {
    usage() if @words != 2;
    return ask('grace', @kinds, map { number_of($_) } @words);
  }
  usage() if @words != 5;
  my ($whose, $soft, $hard, @items) = @words;
  ask('set', @kinds, id_of($kinds[0], $whose), bytes_of($soft), bytes_of($hard), map { number_of($_) } @items);
}
$name eq 'quota' ? quota() : $name eq 'repquota' ? repquota() : setquota();
`
