/** Rules for nft(8) that both kinds of interface share, in a chain at the ingress of the host's end whose policy is to drop. */
import { ipv6Text } from './ip-numbers.ts'

/** The link-local address that the kernel makes of a hardware address (RFC 4291, appendix A). */
export function linkLocalOf(mac: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = mac.split(':').map((byte) => Number.parseInt(byte, 16))
  const bytes = [a ^ 2, b, c, 0xff, 0xfe, d, e, f]
  return ipv6Text(bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0xfe80n << 48n))
}

export const setOf = (elements: readonly string[]): string => `{ ${elements.join(', ')} }`

/** ARP of IPv4 over Ethernet, in which the sender is where nft(8) looks for it. */
export const ARP = 'arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation'

/** A tag would carry a frame past rules for what is inside, and into a VLAN that is not the VE's. */
export const NO_TAGS = ['ether type 8021q drop', 'ether type 8021ad drop']

/**
 * What only a router may say. A packet of neighbour discovery has hop limit 255 and is never in fragments (RFC 6980): one that
 * is hides what it says.
 */
export const NO_ROUTER = [
  'icmpv6 type { nd-router-advert, nd-redirect } drop',
  'icmp type redirect drop',
  'ip6 hoplimit 255 exthdr frag exists drop',
]
