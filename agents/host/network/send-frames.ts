/**
 * For perl(1): each line of standard input is a device and a frame in hexadecimal to send out of it. packet(7): socket(AF_PACKET,
 * SOCK_RAW), sockaddr_ll { family, protocol, ifindex, hatype, pkttype, halen, addr[8] }; SIOCGIFINDEX is in netdevice(7).
 */
export const SEND_FRAMES = [
  'socket(my $s, 17, 3, 0) or die "socket: $!";',
  'while (<STDIN>) { my ($dev, $frame) = split;',
  'my $r = pack("a16x24", $dev); ioctl($s, 0x8933, $r) or die "$dev: $!";',
  'my $to = pack("SniSCCx8", 17, 3, unpack("x16i", $r), 0, 0, 6);',
  'send($s, pack("H*", $frame), 0, $to) or die "$dev: $!" }',
].join(' ')
