/**
 * Routed interfaces, as OpenVZ's venet: the host routes each address to the VE and answers for it on its own link. The two ends
 * of the veth pair share no subnet with anybody; the gateway is link-local, 169.254.1.1 and fe80::1 on the host's end.
 *
 * A routed IPv6 network (prefix) is not asked for on a link: the network around the host has to route it to the host, and the host
 * routes it to the VE, via the VE's link-local fe80::2, so nobody can fill the host's neighbour table by asking for its
 * addresses. In the VE the first address of it is there to begin with; others are `ip address add`ed on any interface, or
 * smaller networks of it are routed on. What nobody has taken is unreachable, or it would go back to the host and round.
 */
import type { RoutedInterface } from '../../../lib/contract/ve-interface.ts'
import { ARP, linkLocalOf, NO_ROUTER, NO_TAGS, setOf } from './guard-rules.ts'
import { added, fixed, hostEnd, type InterfacePlan, type Line } from './interface-plan.ts'
import { hostNetwork, ipv6Text, isIpv6, overlap, parseNetwork } from './ip-numbers.ts'

const GATEWAY = '169.254.1.1'
const GATEWAY6 = 'fe80::1'
const INSIDE6 = 'fe80::2'
/** The same on every host, so that a VE that moves finds the neighbour it knows. */
const GATEWAY_MAC = 'ee:ee:ee:ee:ee:ee'
/** Routing tables inside the VE for what does not leave by the default route. */
const FIRST_TABLE = 10_100
/** Any other route to it comes first. */
const LAST_METRIC = 4_294_967_294

export type RoutedContext = {
  veid: number
  /** Where the outside asks for an address: the host answers there. */
  uplinksOf(address: string): string[]
  /** The interfaces, by name, that the VE's default routes lead through. */
  default4: string | null
  default6: string | null
}

const octet = (number: number) => number.toString(16).padStart(2, '0')

/** Locally administered; nobody but the host is on that link. */
export function routedMac(veid: number, index: number): string {
  const bytes = [0x0a, index, (veid >>> 24) & 255, (veid >>> 16) & 255, (veid >>> 8) & 255, veid & 255]
  return bytes.map(octet).join(':')
}

/** "2001:db8:1::/64" and its first address after the one that is all routers' (RFC 4291, 2.6.1). */
function prefixParts(prefix: string): { network: string; first: string } {
  const { number, length } = parseNetwork(prefix)
  const network = `${ipv6Text(number)}/${length}`
  return { network, first: ipv6Text(length === 128 ? number : number | 1n) }
}

export function planRouted(each: RoutedInterface, context: RoutedContext): InterfacePlan {
  const end = hostEnd(context.veid, each.index)
  const prefixes = each.prefixes.map(prefixParts)
  const ipv6 = prefixes.length > 0 || each.addresses.some(isIpv6)
  const mac = routedMac(context.veid, each.index)
  return {
    index: each.index,
    kind: 'routed',
    ifname: each.ifname,
    end,
    make: { end: `address ${GATEWAY_MAC}`, peer: `address ${mac}` },
    settings: [{ path: `/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, value: ipv6 ? '0' : '1' }],
    outside: [
      added('addr', `${GATEWAY}/32 dev ${end} scope link`),
      ...(ipv6 ? [added('addr', `${GATEWAY6}/64 dev ${end} nodad`)] : []),
      fixed(`link set ${end} up`),
      ...each.addresses.flatMap((address) => outsideAddress(address, end, context)),
      ...prefixes.map(({ network }) => added('route', `${network} via ${INSIDE6} dev ${end}`)),
    ],
    ports: [],
    inside: insideLines(
      each,
      prefixes.map(({ first }) => first),
      prefixes.map(({ network }) => network),
      context,
    ),
    insideZeros: [],
    guard: guardRules(each.addresses, prefixes, mac),
  }
}

function outsideAddress(address: string, end: string, { uplinksOf }: RoutedContext): Line[] {
  return [
    added('route', `${hostNetwork(address)} dev ${end}`),
    ...uplinksOf(address).map((uplink) => ({
      add: `neigh replace proxy ${address} dev ${uplink}`,
      del: `neigh del proxy ${address} dev ${uplink}`,
    })),
  ]
}

function insideLines(
  { addresses, ifname, index }: RoutedInterface,
  firsts: readonly string[],
  networks: readonly string[],
  { default4, default6 }: RoutedContext,
): Line[] {
  const own = [...addresses, ...firsts]
  const ipv4 = addresses.filter((address) => !isIpv6(address))
  const ipv6 = own.filter(isIpv6)
  return [
    ...(ipv6.length === 0 ? [] : [added('addr', `${INSIDE6}/64 dev @ nodad`)]),
    ...ipv4.map((address) => added('addr', `${hostNetwork(address)} dev @`)),
    // The kernel sends from the one that came last, if nothing else decides.
    ...[...ipv6].reverse().map((address) => added('addr', `${hostNetwork(address)} dev @ nodad`)),
    fixed('link set dev @ up'),
    ...(ipv4.length === 0 ? [] : wayOut4(ipv4, default4 === ifname ? null : FIRST_TABLE + index)),
    ...(ipv6.length === 0
      ? []
      : wayOut6(default6 === ifname ? null : [...ipv6.map(hostNetwork), ...networks])),
    ...networks.map((network) => added('route', `unreachable ${network} metric ${LAST_METRIC}`)),
  ]
}

/** There is nothing to ask: what answers there is known, and asks nothing back of addresses in a prefix. */
const gatewayKnown = (gateway: string): Line =>
  added('neigh', `${gateway} lladdr ${GATEWAY_MAC} dev @ nud permanent`)

/**
 * The default route (`table` null), or for an interface beside that of the default route one for what is sent from its addresses:
 * the host takes an address only from the interface it belongs to. IPv4 needs a table and rules for that.
 */
function wayOut4(sources: readonly string[], table: number | null): Line[] {
  const route = `default via ${GATEWAY} dev @ onlink`
  if (table === null) return [gatewayKnown(GATEWAY), added('route', route)]
  const rules = sources.map((source) => `from ${hostNetwork(source)} lookup ${table} pref ${table}`)
  return [
    gatewayKnown(GATEWAY),
    added('route', `${route} table ${table}`),
    ...rules.map((rule) => ({ add: `rule add ${rule}`, del: `rule del ${rule}` })),
  ]
}

/** For IPv6 a route may name where a packet comes from (`sources` null: anywhere). */
function wayOut6(sources: readonly string[] | null): Line[] {
  const from = sources === null ? [''] : sources.map((source) => `from ${source} `)
  return [
    gatewayKnown(GATEWAY6),
    ...from.map((source) => added('route', `::/0 ${source}via ${GATEWAY6} dev @ onlink`)),
  ]
}

/**
 * A VE sends from its own addresses only, of IPv4 and IPv6, and asks and answers for its own only. Neighbours in the host's table
 * are few: a prefix has more addresses than that table has room for.
 */
function guardRules(
  addresses: readonly string[],
  prefixes: readonly { network: string; first: string }[],
  mac: string,
): string[] {
  const own4 = addresses.filter((address) => !isIpv6(address))
  const networks = prefixes.map(({ network }) => network)
  const apart = (address: string) =>
    !networks.some((network) => overlap(parseNetwork(network), parseNetwork(address)))
  const own6 = [...addresses.filter(isIpv6).filter(apart), ...networks]
  const neighbours = [...addresses.filter(isIpv6), ...prefixes.map(({ first }) => first)]
  const speakers = setOf([...new Set([INSIDE6, linkLocalOf(mac), ...neighbours])])
  return [
    ...NO_TAGS,
    ...(own4.length === 0
      ? []
      : [
          `${ARP} { request, reply } arp saddr ip ${setOf(own4)} accept`,
          `ip daddr ${setOf(own4)} drop`,
          'icmp type redirect drop',
          `ip saddr ${setOf(own4)} accept`,
        ]),
    ...(own6.length === 0
      ? []
      : [
          ...NO_ROUTER.filter((rule) => !rule.startsWith('icmp ')),
          `ip6 daddr ${setOf(own6)} drop`,
          `icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } ip6 saddr ${speakers} accept`,
          ...(networks.length === 0
            ? []
            : [
                `icmpv6 type nd-neighbor-solicit ip6 saddr ${setOf(networks)} limit rate 5/second burst 20 packets accept`,
              ]),
          'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } drop',
          `ip6 saddr ${setOf([INSIDE6, linkLocalOf(mac)])} ip6 daddr { fe80::/10, ff02::/16 } accept`,
          `ip6 saddr ${setOf(own6)} accept`,
        ]),
  ]
}
