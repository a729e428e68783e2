/** Interfaces of a VE: routed (as OpenVZ's venet) and bridged (as its veth). Rates in bits a second; null is unlimited. */
import * as z from 'zod/mini'
import { cidr, cidrV6, ipAddress, ipv4, ipv6 } from './names.ts'

export const INTERFACE_KINDS = ['routed', 'bridged'] as const
export type InterfaceKind = (typeof INTERFACE_KINDS)[number]

export const INTERFACE_KIND: Record<InterfaceKind, { label: string; hint: string }> = {
  routed: {
    label: 'Routed',
    hint: 'The host routes each address to the VE and answers for it. No network is shared with other VEs.',
  },
  bridged: {
    label: 'Bridged',
    hint: 'The VE is on a bridge of the host, with a hardware address of its own, as if plugged into that switch.',
  },
}

/** How many interfaces a VE may have; `index` below it names the host's end: "ve<veid>.<index>". */
export const INTERFACES_MAX = 16

/** Name inside the VE. */
export const ifname = z
  .string()
  .check(
    z.regex(/^[a-z][a-z0-9]{0,14}$/, 'A small letter, then letters and digits: at most 15, such as eth0.'),
  )

/** Unicast and locally administered: one that no card has been sold with. */
export const mac = z
  .string()
  .check(
    z.regex(
      /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/,
      'A locally administered hardware address, such as 02:16:3e:12:34:56.',
    ),
  )

/** Name of a bridge or device of the host (at most 15 characters, as the kernel's). */
export const hostDevice = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/, 'The name of a network device of the host, such as br0.'),
  )

const RATE_LEAST = 8_000
export const bitRate = z.nullable(
  z
    .int('A whole number.')
    .check(z.gte(RATE_LEAST, 'At least 8 kbit/s.'), z.lte(100_000_000_000, 'At most 100 Gbit/s.')),
)

/** `in` is towards the VE. */
export const rateLimits = z.object({ inBits: bitRate, outBits: bitRate })
export type RateLimits = z.infer<typeof rateLimits>
export const UNLIMITED_RATE: RateLimits = { inBits: null, outBits: null }

const common = {
  index: z.int().check(z.gte(0), z.lt(INTERFACES_MAX)),
  ifname,
  addresses: z.array(ipAddress).check(z.maxLength(64)),
  rate: rateLimits,
}

export const routedInterface = z.object({
  kind: z.literal('routed'),
  ...common,
  /** IPv6 networks routed to the VE as a whole, such as a /64: it may use any address of them. */
  prefixes: z.array(cidrV6).check(z.maxLength(16)),
})
export type RoutedInterface = z.infer<typeof routedInterface>

export const bridgedInterface = z.object({
  kind: z.literal('bridged'),
  ...common,
  mac,
  bridge: hostDevice,
  vlan: z.nullable(
    z.int('A whole number.').check(z.gte(1, 'From 1 to 4094.'), z.lte(4094, 'From 1 to 4094.')),
  ),
  /** What is on this link: an address has the prefix length of the network around it. */
  networks: z.array(cidr).check(z.maxLength(16)),
  /** The default route of that family leads here; null: none through this interface. */
  gateway4: z.nullable(ipv4),
  gateway6: z.nullable(ipv6),
})
export type BridgedInterface = z.infer<typeof bridgedInterface>

export const veInterface = z.discriminatedUnion('kind', [routedInterface, bridgedInterface])
export type VeInterface = z.infer<typeof veInterface>

export const isIpv6 = (address: string): boolean => address.includes(':')

type RouteSource = Pick<VeInterface, 'ifname' | 'addresses' | 'kind'> &
  Partial<Pick<BridgedInterface, 'gateway4' | 'gateway6'>> &
  Partial<Pick<RoutedInterface, 'prefixes'>>

/**
 * The interface that the default route of a family leads through: the bridged one with a gateway, or the first routed one with
 * an address or prefix of that family. `null`: none. More than one bridged gateway, or one beside routed addresses, is a
 * conflict: then the names of both.
 */
export function defaultRouteOf(
  interfaces: readonly RouteSource[],
  ipv6Family: boolean,
): { through: string | null; conflict: [string, string] | null } {
  const gateway = (each: RouteSource) => (ipv6Family ? each.gateway6 : each.gateway4) ?? null
  const bridged = interfaces.filter((each) => each.kind === 'bridged' && gateway(each) !== null)
  const routed = interfaces.filter(
    (each) =>
      each.kind === 'routed' &&
      (each.addresses.some((address) => isIpv6(address) === ipv6Family) ||
        (ipv6Family && (each.prefixes ?? []).length > 0)),
  )
  const [first, second] = [...bridged, ...routed.slice(0, 1)]
  if (first === undefined) return { through: null, conflict: null }
  return { through: first.ifname, conflict: second === undefined ? null : [first.ifname, second.ifname] }
}
