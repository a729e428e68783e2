import type { Sys } from '../sys/sys.ts'

/**
 * For perl(1): sends each line of standard input, a frame in hexadecimal, out of the device that is its argument. packet(7):
 * socket(AF_PACKET, SOCK_RAW), sockaddr_ll { family, protocol, ifindex, hatype, pkttype, halen, addr[8] }; SIOCGIFINDEX
 * is in netdevice(7).
 */
export const SEND_FRAMES = [
  'socket(my $s, 17, 3, 0) or die "socket: $!";',
  'my $r = pack("a16x24", $ARGV[0]);',
  'ioctl($s, 0x8933, $r) or die "$ARGV[0]: $!";',
  'my $to = pack("SniSCCx8", 17, 3, unpack("x16i", $r), 0, 0, 6);',
  'while (<STDIN>) { chomp; send($s, pack("H*", $_), 0, $to) or die "send: $!" }',
].join(' ')

export function sendFrames(sys: Sys, device: string, frames: readonly string[]): void {
  sys.run(['perl', '-e', SEND_FRAMES, device], { stdin: `${frames.join('\n')}\n` })
}
