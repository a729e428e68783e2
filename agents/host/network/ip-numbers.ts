/** IP addresses and networks as numbers: what is inside what. */

export const isIpv6 = (address: string): boolean => address.includes(':')

/** 32 or 128. */
export const familyBits = (address: string): 32 | 128 => (isIpv6(address) ? 128 : 32)

/** The address as a network of one. */
export const hostNetwork = (address: string): string => `${address}/${familyBits(address)}`

function ipv4Number(address: string): bigint {
  return address.split('.').reduce((number, part) => number * 256n + BigInt(part), 0n)
}

/** An IPv6 address, "::" and an embedded IPv4 tail included, as a number. */
export function ipv6Number(address: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  const tail = dotted?.[2] === undefined ? null : ipv4Number(dotted[2])
  const text =
    tail === null ? address : `${dotted?.[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`
  const [left = '', right] = text.split('::')
  const head = left === '' ? [] : left.split(':')
  const end = right === undefined || right === '' ? [] : right.split(':')
  const middle = right === undefined ? [] : Array<string>(8 - head.length - end.length).fill('0')
  return [...head, ...middle, ...end].reduce((number, part) => number * 65536n + BigInt(`0x${part}`), 0n)
}

export const ipNumber = (address: string): bigint =>
  isIpv6(address) ? ipv6Number(address) : ipv4Number(address)

/** Canonical text, as RFC 5952 has it: lower case, the longest run of zeros as "::". */
export function ipv6Text(number: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((number >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  )
  const run = longestZeros(groups)
  if (run.length < 2) return groups.join(':')
  return `${groups.slice(0, run.at).join(':')}::${groups.slice(run.at + run.length).join(':')}`
}

function longestZeros(groups: readonly string[]): { at: number; length: number } {
  let best = { at: 0, length: 0 }
  let length = 0
  groups.forEach((group, index) => {
    length = group === '0' ? length + 1 : 0
    if (length > best.length) best = { at: index + 1 - length, length }
  })
  return best
}

export type Network = { bits: 32 | 128; number: bigint; length: number }

/** "192.0.2.0/24", or an address alone; bits of the host are cleared. */
export function parseNetwork(text: string): Network {
  const [address = '', length] = text.split('/')
  const bits = familyBits(address)
  const prefix = length === undefined ? bits : Number(length)
  const shift = BigInt(bits - prefix)
  return { bits, number: (ipNumber(address) >> shift) << shift, length: prefix }
}

/** Whether two networks share an address: then one is inside the other. */
export function overlap(a: Network, b: Network): boolean {
  const shift = BigInt(a.bits - Math.min(a.length, b.length))
  return a.bits === b.bits && a.number >> shift === b.number >> shift
}

/** Of `networks` the smallest around `address`. */
export function networkAround(address: string, networks: readonly string[]): Network | null {
  const own = parseNetwork(address)
  const around = networks
    .map(parseNetwork)
    .filter((network) => network.length <= own.length && overlap(network, own))
  return around.sort((a, b) => b.length - a.length)[0] ?? null
}
