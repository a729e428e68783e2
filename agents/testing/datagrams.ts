import { checksum, ipHex } from '../host/network/frames.ts'

const word = (number: number) => number.toString(16).padStart(4, '0')

/** Bytes that a test may put behind the last header and that still count as the datagram's. */
const ROOM = 6

/** A UDP datagram with its IP header as hexadecimal text; its last six bytes are to be added. */
export function udp(source: string, target: string, from: number, to: number): string {
  const length = 8 + ROOM
  const ipv6 = source.includes(':')
  // Without a checksum, which IPv4 allows and nobody on the way looks at.
  const datagram = `${word(from)}${word(to)}${word(length)}0000`
  const addresses = ipHex(source) + ipHex(target)
  if (ipv6) return `60000000${word(length)}11ff${addresses}${datagram}`
  const begin = `4500${word(20 + length)}000000004011`
  return `${begin}${checksum(`${begin}0000${addresses}`)}${addresses}${datagram}`
}
