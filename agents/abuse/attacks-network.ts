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
    heldBy: 'the limits of TCP buffers (v1), of memory (v2)',
    ends: ['count', 'time', 'killed', 'ENOBUFS', 'ENOMEM'],
    counted: 'numtcpsock',
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
    counted: 'dgramrcvbuf',
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
    counted: 'oomguarpages',
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
] as const satisfies readonly Attack[]
