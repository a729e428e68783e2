import { expect, test } from 'vitest'
import type { BridgedInterface } from '../../../lib/contract/ve-interface.ts'
import { UNLIMITED_RATE } from '../../../lib/contract/ve-interface.ts'
import { planBridged, portMac } from './bridged.ts'
import { linkLocalOf } from './guard-rules.ts'

const EXAMPLE: BridgedInterface = {
  kind: 'bridged',
  index: 1,
  ifname: 'eth1',
  addresses: ['10.0.0.5', '2001:db8::5'],
  rate: UNLIMITED_RATE,
  mac: '02:16:3e:12:34:56',
  bridge: 'br0',
  vlan: null,
  networks: ['10.0.0.0/24', '2001:db8::/64'],
  gateway4: '10.0.0.1',
  gateway6: 'fe80::1',
}
const PLAIN = { defaultVlan: null, mtu: 1500 }
const adds = (lines: readonly { add: string }[]) => lines.map(({ add }) => add)

test('a port that learns nothing and floods nothing, with one fixed address', () => {
  const plan = planBridged(EXAMPLE, 101, PLAIN)
  expect(adds(plan.outside)).toEqual([
    'link set ve101.1 master br0',
    'link set ve101.1 type bridge_slave learning off flood off mcast_flood on bcast_flood on hairpin off guard on root_block on',
    'link set ve101.1 up',
  ])
  expect(adds(plan.ports)).toEqual(['fdb replace 02:16:3e:12:34:56 dev ve101.1 master static sticky'])
  expect(adds(plan.inside)).toEqual([
    'link set dev @ address 02:16:3e:12:34:56',
    'link set dev @ addrgenmode eui64',
    'addr replace 10.0.0.5/24 brd + dev @',
    'addr replace 2001:db8::5/64 dev @ nodad',
    'link set dev @ up',
    'neigh flush dev @',
    'route replace default via 10.0.0.1 dev @ onlink',
    'route replace ::/0 via fe80::1 dev @ onlink',
  ])
})

test('an address outside of the networks of the link is alone on it', () => {
  const plan = planBridged({ ...EXAMPLE, addresses: ['192.0.2.5'] }, 101, PLAIN)
  expect(adds(plan.inside)).toContain('addr replace 192.0.2.5/32 brd + dev @')
})

test('a VLAN is the only one of the port, untagged', () => {
  const ports = (vlan: number, defaultVlan: number | null) =>
    adds(planBridged({ ...EXAMPLE, vlan }, 101, { ...PLAIN, defaultVlan }).ports)
  const entry = (vlan: number) =>
    `fdb replace 02:16:3e:12:34:56 dev ve101.1 master static sticky vlan ${vlan}`
  const add = 'vlan add dev ve101.1 vid 7 pvid untagged'
  expect(ports(7, 1)).toEqual([add, 'vlan del dev ve101.1 vid 1', entry(7)])
  expect(ports(7, null)).toEqual([add, entry(7)])
  expect(ports(1, 1)).toEqual([entry(1)])
})

test('a bridge of large frames stays one', () => {
  const { outside, inside } = planBridged(EXAMPLE, 101, { ...PLAIN, mtu: 9000 })
  expect(adds(outside)[0]).toBe('link set dev ve101.1 mtu 9000')
  expect(adds(inside)[0]).toBe('link set dev @ mtu 9000')
})

test('a bridge never takes the address of a VE’s port for its own', () => {
  expect(portMac('02:16:3e:12:34:56')).toBe('fe:16:3e:12:34:56')
  expect(portMac('fe:16:3e:12:34:56')).toBe('fa:16:3e:12:34:56')
})

test('link-local of a hardware address', () => {
  expect(linkLocalOf('02:16:3e:12:34:56')).toBe('fe80::16:3eff:fe12:3456')
  expect(linkLocalOf('00:00:5e:00:53:01')).toBe('fe80::200:5eff:fe00:5301')
})

test('the guard claims own addresses only', () => {
  const { guard } = planBridged(EXAMPLE, 101, PLAIN)
  expect(guard).toEqual([
    'ether type 8021q drop',
    'ether type 8021ad drop',
    'ether saddr != 02:16:3e:12:34:56 drop',
    'arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation { request, reply } arp saddr ether 02:16:3e:12:34:56 arp saddr ip { 10.0.0.5 } accept',
    'arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation request arp saddr ether 02:16:3e:12:34:56 arp saddr ip 0.0.0.0 arp daddr ip { 10.0.0.5 } accept',
    'icmp type redirect drop',
    'igmp type membership-query drop',
    'udp sport 67 udp dport 68 drop',
    'ip saddr { 10.0.0.5 } accept',
    'icmpv6 type { nd-router-advert, nd-redirect } drop',
    'ip6 hoplimit 255 exthdr frag exists drop',
    'icmpv6 type mld-listener-query drop',
    'udp sport 547 udp dport 546 drop',
    'icmpv6 type nd-neighbor-advert icmpv6 taddr != { fe80::16:3eff:fe12:3456, 2001:db8::5 } drop',
    'ip6 saddr :: icmpv6 type nd-neighbor-solicit icmpv6 taddr { fe80::16:3eff:fe12:3456, 2001:db8::5 } accept',
    'ip6 saddr :: icmpv6 type { mld-listener-report, mld2-listener-report, nd-router-solicit } accept',
    'ip6 saddr { fe80::16:3eff:fe12:3456, 2001:db8::5 } accept',
  ])
})
