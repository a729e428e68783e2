/** Ethernet frames as hexadecimal text: ARP (RFC 826) and neighbour discovery (RFC 4861). */
import { ipNumber, isIpv6 } from './ip-numbers.ts'

export const BROADCAST = 'ff:ff:ff:ff:ff:ff'

/** Cut to length: QuickJS (2025-04-26) puts a zero before a BigInt whose highest bit of 64 or 128 is set. */
const hex = (number: number | bigint, bytes: number) =>
  number
    .toString(16)
    .padStart(bytes * 2, '0')
    .slice(-bytes * 2)
export const macHex = (mac: string): string => mac.replaceAll(':', '')
export const ipHex = (address: string): string => hex(ipNumber(address), isIpv6(address) ? 16 : 4)

/** Internet checksum (RFC 1071) of text of whole 16-bit words. */
export function checksum(words: string): string {
  let sum = (words.match(/.{4}/g) ?? []).reduce((total, word) => total + Number.parseInt(word, 16), 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return hex(~sum & 0xffff, 2)
}

export function ethernet(to: string, from: string, type: number, payload: string): string {
  return macHex(to) + macHex(from) + hex(type, 2) + payload
}

export type Arp = { operation: 1 | 2; sender: [mac: string, ip: string]; target: [mac: string, ip: string] }

export function arp({ operation, sender, target }: Arp): string {
  const parts = [sender, target].map(([mac, ip]) => macHex(mac) + ipHex(ip))
  return `000108000604${hex(operation, 2)}${parts.join('')}`
}

/** Hop limit 255, as neighbour discovery has it. */
export function ipv6(source: string, target: string, next: number, payload: string): string {
  const header = `60000000${hex(payload.length / 2, 2)}${hex(next, 1)}ff`
  return header + ipHex(source) + ipHex(target) + payload
}

/** `body`: all after the checksum. */
export function icmpv6(source: string, target: string, type: number, body: string): string {
  const begin = `${hex(type, 1)}00`
  const length = hex(4 + body.length / 2, 4)
  const sum = checksum(`${ipHex(source)}${ipHex(target)}${length}0000003a${begin}0000${body}`)
  return ipv6(source, target, 58, begin + sum + body)
}

const SOLICIT = 135
const ADVERTISE = 136
const OVERRIDE = '20000000'

/** "`ip` is at `mac`", overriding what was known; option 2 is the target's link-layer address. */
export const neighbourAdvert = (source: string, target: string, ip: string, mac: string): string =>
  icmpv6(source, target, ADVERTISE, `${OVERRIDE}${ipHex(ip)}0201${macHex(mac)}`)

/** "Who has `ip`?" */
export const neighbourSolicit = (source: string, target: string, ip: string): string =>
  icmpv6(source, target, SOLICIT, `00000000${ipHex(ip)}`)
