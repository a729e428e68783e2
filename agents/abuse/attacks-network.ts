/** Attacks by sockets, each of which talks to itself within the VE; and by connections that are tracked. */
import { type Attack, MANY_FILES } from './attack.ts'

const BOTH = [1, 2] as const

export const NETWORK_ATTACKS = [
  {
    name: 'tcp-flood',
    // Both ends are kept, one sends until it may no more.
    script: `
      socket(my $door, PF_INET, SOCK_STREAM, 0) or refused(); bind($door, sockaddr_in(0, INADDR_LOOPBACK)) or refused(); listen($door, 1000) or refused();
      my ($at, @all) = getsockname($door);
      while (1) {
        socket(my $one, PF_INET, SOCK_STREAM, 0) or refused(); connect($one, $at) or refused(); accept(my $two, $door) or refused();
        require IO::Handle; $one->blocking(0); 1 while syswrite($one, 'x' x 65536); push @all, $one, $two; got();
      }`,
    before: MANY_FILES,
    most: 2000,
    seconds: 5,
    heldBy:
      'the limit of memory, which has the buffers in it (v2) or as much again (v1); the kernel gives each socket a little beyond',
    ends: ['count', 'time', 'killed', 'ENOBUFS', 'ENOMEM'],
    counted: ['numtcpsock'],
    cgroups: BOTH,
  },
  {
    name: 'udp-flood',
    script: `
      my @all;
      while (1) {
        socket(my $ear, PF_INET, SOCK_DGRAM, 0) or refused(); bind($ear, sockaddr_in(0, INADDR_LOOPBACK)) or refused();
        send($ear, 'x' x 30000, 0, getsockname($ear)) for 1..7; push @all, $ear; got();
      }`,
    before: MANY_FILES,
    most: 2000,
    seconds: 5,
    heldBy: 'net.core.rmem_max for each, and the limits of memory or of TCP buffers',
    ends: ['count', 'time', 'killed', 'ENOBUFS', 'ENOMEM'],
    counted: ['dgramrcvbuf'],
    cgroups: BOTH,
  },
  {
    name: 'unix-flood',
    script: `
      my @all;
      while (1) {
        socketpair(my $one, my $two, PF_UNIX, SOCK_STREAM, 0) or refused();
        require IO::Handle; $one->blocking(0); 1 while syswrite($one, 'x' x 65536); push @all, $one, $two; got();
      }`,
    before: MANY_FILES,
    most: 4000,
    seconds: 4,
    heldBy: 'the limit of memory',
    ends: ['killed', 'ENOBUFS', 'ENOMEM'],
    counted: ['oomguarpages'],
    cgroups: BOTH,
  },
  {
    name: 'conntrack-flood',
    // Each port of a neighbour is a connection that the host tracks.
    script: `
      socket(my $mouth, PF_INET, SOCK_DGRAM, 0) or refused();
      while (1) { send($mouth, 'x', 0, sockaddr_in(1 + $got % 65000, inet_aton($peer))); got() }`,
    before: [],
    most: 60_000,
    seconds: 5,
    heldBy: 'ct count in the firewall of the host: 32,768 connections of an interface',
    ends: ['count', 'time'],
    counted: { none: 'No beancounter is of connections; the host drops what is beyond.' },
    cgroups: BOTH,
  },
  {
    name: 'own-conntrack-flood',
    script: `
      system('ip', 'link', 'set', 'lo', 'up'); system('nft', 'add table inet own; add chain inet own in { type filter hook input priority 0; }; add rule inet own in ct state new accept') == 0 or die;
      socket(my $mouth, PF_INET, SOCK_DGRAM, 0) or refused();
      while (1) { send($mouth, 'x', 0, sockaddr_in(1 + $got % 65000, INADDR_LOOPBACK)); got() }`,
    before: ['unshare', '--user', '--map-root-user', '--net'],
    most: 20_000,
    seconds: 5,
    heldBy:
      'nf_conntrack_max, in each network namespace: 64 MiB of the kernel’s memory, which it does not count as the VE’s',
    ends: ['count', 'time'],
    counted: { none: 'No beancounter is of connections, and the kernel’s memory for them is nobody’s.' },
    // Where there is nft(8) in the VE.
    cgroups: [2],
  },
] as const satisfies readonly Attack[]
