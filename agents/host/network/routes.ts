/** Reads the kernel's routing tables: through which interface of the host would the outside look for an address? */
import { isHostEnd } from './interface-plan.ts'
import { parseNetwork } from './ip-numbers.ts'

/** `gateway` null: what it leads to is on the device's link. */
export type Route = {
  device: string
  destination: bigint
  prefix: number
  bits: 32 | 128
  gateway: bigint | null
}

const RTF_UP = 1
const RTF_GATEWAY = 2
const RTF_REJECT = 0x200

const isVia = (flags = '0') => (Number.parseInt(flags, 16) & RTF_GATEWAY) !== 0

function littleEndian(hex: string): bigint {
  return BigInt(`0x${(hex.match(/../g) ?? []).reverse().join('')}`)
}

function prefixOf(mask: bigint): number {
  return mask.toString(2).replaceAll('0', '').length
}

/** /proc/net/route: addresses are in the machine's byte order, which is little on all but big-endian Power. */
export function parseIpv4Routes(text: string, bigEndian = false): Route[] {
  const address = (hex: string) => (bigEndian ? BigInt(`0x${hex}`) : littleEndian(hex))
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 7 && (Number.parseInt(fields[3] ?? '0', 16) & RTF_UP) !== 0)
    .map((fields) => ({
      device: fields[0] ?? '',
      destination: address(fields[1] ?? '0'),
      prefix: prefixOf(address(fields[7] ?? '0')),
      bits: 32,
      gateway: isVia(fields[3]) ? address(fields[2] ?? '0') : null,
    }))
}

/** Every interface has some of its own, also the host's end of each VE: they lead to no address that could be asked about. */
const OF_ONE_LINK = /^f(e80|f)/

/** /proc/net/ipv6_route: network byte order, prefix length in hexadecimal. Without those to link-local and multicast addresses. */
export function parseIpv6Routes(text: string): Route[] {
  return text
    .split('\n')
    .filter((line) => !OF_ONE_LINK.test(line))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > 9 && (Number.parseInt(fields[8] ?? '0', 16) & RTF_REJECT) === 0)
    .map((fields) => ({
      device: fields[9] ?? '',
      destination: BigInt(`0x${fields[0]}`),
      prefix: Number.parseInt(fields[1] ?? '0', 16),
      bits: 128,
      gateway: isVia(fields[8]) ? BigInt(`0x${fields[4]}`) : null,
    }))
}

/**
 * The interfaces on whose link `address` (of a network, the first) would be asked for: that of the longest connected route around it, else those of
 * the default route. Interfaces of VEs and loopback never count.
 */
export function uplinksFor(routes: readonly Route[], address: string): string[] {
  const { bits, number } = parseNetwork(address)
  const outside = routes.filter(
    (route) => route.bits === bits && route.device !== 'lo' && !isHostEnd(route.device),
  )
  const shift = (route: Route) => BigInt(bits - route.prefix)
  const around = outside
    .filter((route) => route.gateway === null && route.prefix > 0)
    .filter((route) => number >> shift(route) === route.destination >> shift(route))
    .sort((a, b) => b.prefix - a.prefix)
  const found = around.length > 0 ? around.slice(0, 1) : outside.filter((route) => route.prefix === 0)
  return [...new Set(found.map((route) => route.device))]
}
