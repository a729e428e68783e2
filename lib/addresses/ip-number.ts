/** Addresses as numbers, for counting and comparing outside of the database. Pure; the text has been checked before. */

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))

/** An IPv4 address as its two groups of IPv6 text: ::ffff:192.0.2.1 is written so. */
function expand(group: string): string[] {
  if (!group.includes('.')) return [group]
  const value = v4Number(group)
  return [(value >> 16n).toString(16), (value & 0xffffn).toString(16)]
}

const v4Number = (address: string): bigint =>
  address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)

/** 32 bits for IPv4, 128 for IPv6. */
export function ipNumber(address: string): bigint {
  if (!address.includes(':')) return v4Number(address)
  const [head = '', tail] = address.split('::')
  const left = groups(head).flatMap(expand)
  const right = groups(tail ?? '').flatMap(expand)
  const missing = tail === undefined ? 0 : 8 - left.length - right.length
  const all = [...left, ...Array<string>(missing).fill('0'), ...right]
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n)
}

export const familyBits = (address: string): 32 | 128 => (address.includes(':') ? 128 : 32)

/** Whether `address` is one of `network` (a prefix such as 192.0.2.0/24). */
export function isInNetwork(address: string, network: string): boolean {
  const [base = '', length = ''] = network.split('/')
  const bits = familyBits(base)
  if (familyBits(address) !== bits) return false
  const shift = BigInt(bits - Number(length))
  return ipNumber(address) >> shift === ipNumber(base) >> shift
}

/** Lengths that a pool may delegate: see addressPoolCreateInput. */
export const DELEGATED_LENGTHS = { least: 40, most: 124 } as const

/** The networks around an IPv6 address that could have been given out as a whole. */
export function networksAround(address: string): string[] {
  if (familyBits(address) === 32 || address.includes('/')) return []
  const lengths = Array.from(
    { length: DELEGATED_LENGTHS.most - DELEGATED_LENGTHS.least + 1 },
    (_, index) => DELEGATED_LENGTHS.least + index,
  )
  return lengths.map((length) => {
    const shift = BigInt(128 - length)
    return `${ipv6Text((ipNumber(address) >> shift) << shift)}/${length}`
  })
}

const ipv6Text = (number: bigint): string =>
  (number.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':')

/** How many a pool gives out: addresses, or networks if it delegates. Null: more than a number holds exactly. */
export function poolTotal(pool: { first: string; last: string; delegates: number | null }): number | null {
  const bits = familyBits(pool.first)
  const apart = ipNumber(pool.last) - ipNumber(pool.first)
  const total = (apart >> BigInt(bits - (pool.delegates ?? bits))) + 1n
  return total > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(total)
}
