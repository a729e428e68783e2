/**
 * Bridged interfaces, as OpenVZ's veth: the VE is on a bridge of the host as if plugged into that switch, with a hardware address
 * of its own. The bridge is the host administrator's: it is there before, and stays as it is but for the VE's port.
 *
 * The port learns nothing (no other port's traffic can be drawn to it by a forged sender) and gets no frame for a hardware
 * address that the bridge does not know (nothing of others is heard): it has one fixed entry, the VE's own, which no other port
 * can take over. bridge(8), section "bridge link set".
 *
 * A VLAN is the port's only one, untagged towards the VE. The bridge has to filter VLANs (`vlan_filtering 1`) and its uplink to
 * carry that VLAN; switching filtering on would cut off whoever uses tags on that bridge, so it is left to the administrator.
 */
import type { BridgedInterface } from '../../../lib/contract/ve-interface.ts'
import { ARP, linkLocalOf, NO_ROUTER, NO_TAGS, setOf } from './guard-rules.ts'
import { added, fixed, hostEnd, type InterfacePlan, type Line } from './interface-plan.ts'
import { familyBits, isIpv6, networkAround } from './ip-numbers.ts'

const PORT = [
  'learning off',
  'flood off',
  'mcast_flood on',
  'bcast_flood on',
  'hairpin off',
  'guard on',
  'root_block on',
].join(' ')

/** What the bridge gives a new port: a VLAN (null: none, or it knows no VLANs), and its MTU, which must not shrink for a VE. */
export type BridgeFacts = { defaultVlan: number | null; mtu: number }
const ORDINARY_MTU = 1500

/** Not the VE's, and high: a bridge takes the lowest of its ports for its own, and the host's would change with it. */
export const portMac = (mac: string): string =>
  mac.startsWith('fe') ? `fa${mac.slice(2)}` : `fe${mac.slice(2)}`

export function planBridged(each: BridgedInterface, veid: number, facts: BridgeFacts): InterfacePlan {
  const end = hostEnd(veid, each.index)
  return {
    index: each.index,
    kind: 'bridged',
    ifname: each.ifname,
    end,
    make: { end: `address ${portMac(each.mac)}`, peer: `address ${each.mac}` },
    // The port itself is on no network.
    settings: [{ path: `/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, value: '1' }],
    outside: [
      ...mtuLines(end, facts),
      fixed(`link set ${end} master ${each.bridge}`),
      fixed(`link set ${end} type bridge_slave ${PORT}`, each.bridge),
      fixed(`link set ${end} up`),
    ],
    ports: portLines(each, end, facts),
    inside: insideLines(each, facts),
    insideZeros: ['accept_ra', 'autoconf'].map((name) => `/proc/sys/net/ipv6/conf/@/${name}`),
    guard: guardRules(each),
  }
}

const mtuLines = (device: string, { mtu }: BridgeFacts): Line[] =>
  mtu === ORDINARY_MTU ? [] : [fixed(`link set dev ${device} mtu ${mtu}`)]

/** For bridge(8). Told anew after a change of the bridge, which forgets them. */
function portLines(
  { mac, vlan, bridge }: BridgedInterface,
  end: string,
  { defaultVlan }: BridgeFacts,
): Line[] {
  const inVlan = vlan === null ? '' : ` vlan ${vlan}`
  const only = (vid: number) => `dev ${end} vid ${vid}`
  const lines: Line[] = [
    ...(vlan === null || vlan === defaultVlan
      ? []
      : [
          { add: `vlan add ${only(vlan)} pvid untagged`, del: `vlan del ${only(vlan)}` },
          ...(defaultVlan === null
            ? []
            : [{ add: `vlan del ${only(defaultVlan)}`, del: `vlan add ${only(defaultVlan)} pvid untagged` }]),
        ]),
    {
      add: `fdb replace ${mac} dev ${end} master static sticky${inVlan}`,
      del: `fdb del ${mac} dev ${end} master${inVlan}`,
    },
  ]
  return lines.map((line) => ({ ...line, on: bridge }))
}

function insideLines(each: BridgedInterface, facts: BridgeFacts): Line[] {
  const { mac, addresses, networks, gateway4, gateway6, bridge } = each
  return [
    ...mtuLines('@', facts),
    fixed(`link set dev @ address ${mac}`),
    fixed('link set dev @ addrgenmode eui64'),
    ...addresses.map((address) => {
      const length = networkAround(address, networks)?.length ?? familyBits(address)
      // Nobody else can have it: no need to wait for objections.
      return added('addr', `${address}/${length} ${isIpv6(address) ? 'dev @ nodad' : 'brd + dev @'}`)
    }),
    fixed('link set dev @ up'),
    // Whom it met on another bridge is not there.
    fixed('neigh flush dev @', bridge),
    ...(gateway4 === null ? [] : wayOut('default', gateway4)),
    ...(gateway6 === null ? [] : wayOut('::/0', gateway6)),
  ]
}

/** A gateway outside of the interface's networks is on the link all the same. */
const wayOut = (any: string, gateway: string): Line[] => [
  added('route', `${any} via ${gateway} dev @ onlink`),
]

/**
 * From the VE's own hardware address, with its own addresses, and claiming only these. So no gateway's, router's or other VE's
 * address can be claimed by ARP or neighbour discovery, and nobody's conflict detection be triggered (RFC 5227, RFC 4862 5.4).
 */
function guardRules({ mac, addresses }: BridgedInterface): string[] {
  const own4 = addresses.filter((address) => !isIpv6(address))
  const own6 = [linkLocalOf(mac), ...addresses.filter(isIpv6)]
  return [
    ...NO_TAGS,
    `ether saddr != ${mac} drop`,
    ...(own4.length === 0
      ? []
      : [
          `${ARP} { request, reply } arp saddr ether ${mac} arp saddr ip ${setOf(own4)} accept`,
          `${ARP} request arp saddr ether ${mac} arp saddr ip 0.0.0.0 arp daddr ip ${setOf(own4)} accept`,
          ...NO_ROUTER.filter((rule) => rule.startsWith('icmp ')),
          'igmp type membership-query drop',
          'udp sport 67 udp dport 68 drop',
          `ip saddr ${setOf(own4)} accept`,
        ]),
    ...NO_ROUTER.filter((rule) => !rule.startsWith('icmp ')),
    'icmpv6 type mld-listener-query drop',
    'udp sport 547 udp dport 546 drop',
    `icmpv6 type nd-neighbor-advert icmpv6 taddr != ${setOf(own6)} drop`,
    `ip6 saddr :: icmpv6 type nd-neighbor-solicit icmpv6 taddr ${setOf(own6)} accept`,
    'ip6 saddr :: icmpv6 type { mld-listener-report, mld2-listener-report, nd-router-solicit } accept',
    `ip6 saddr ${setOf(own6)} accept`,
  ]
}
