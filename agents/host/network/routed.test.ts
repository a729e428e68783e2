import { expect, test } from 'vitest'
import type { RoutedInterface } from '../../../lib/contract/ve-interface.ts'
import { UNLIMITED_RATE } from '../../../lib/contract/ve-interface.ts'
import { hostEnd, type Line } from './interface-plan.ts'
import { planRouted } from './routed.ts'

const CONTEXT = { veid: 101, uplinksOf: () => ['eth9'], default4: 'eth0', default6: 'eth0' }
const adds = (lines: readonly Line[]) => lines.map(({ add }) => add)

function routed(addresses: string[], prefixes: string[] = [], index = 0): RoutedInterface {
  return { kind: 'routed', index, ifname: `eth${index}`, addresses, prefixes, rate: UNLIMITED_RATE }
}

test('an IPv4 address: gateway, route, answer on the uplink, default route inside', () => {
  const plan = planRouted(routed(['192.0.2.10']), CONTEXT)
  expect(plan.end).toBe('ve101.0')
  expect(adds(plan.outside)).toEqual([
    'addr replace 169.254.1.1/32 dev ve101.0 scope link',
    'link set ve101.0 up',
    'route replace 192.0.2.10/32 dev ve101.0',
    'neigh replace proxy 192.0.2.10 dev eth9',
  ])
  expect(adds(plan.inside)).toEqual([
    'addr replace 192.0.2.10/32 dev @',
    'link set dev @ up',
    'neigh replace 169.254.1.1 lladdr ee:ee:ee:ee:ee:ee dev @ nud permanent',
    'route replace default via 169.254.1.1 dev @ onlink',
  ])
  expect(plan.settings).toEqual([{ path: '/proc/sys/net/ipv6/conf/ve101.0/disable_ipv6', value: '1' }])
})

test('a routed network: by way of the VE, its first address, nothing goes round', () => {
  const plan = planRouted(routed(['2001:db8::10'], ['2001:db8:1::7/64']), CONTEXT)
  expect(adds(plan.outside)).toEqual([
    'addr replace 169.254.1.1/32 dev ve101.0 scope link',
    'addr replace fe80::1/64 dev ve101.0 nodad',
    'link set ve101.0 up',
    'route replace 2001:db8::10/128 dev ve101.0',
    'neigh replace proxy 2001:db8::10 dev eth9',
    'route replace 2001:db8:1::/64 via fe80::2 dev ve101.0',
  ])
  expect(adds(plan.inside)).toEqual([
    'addr replace fe80::2/64 dev @ nodad',
    'addr replace 2001:db8:1::1/128 dev @ nodad',
    'addr replace 2001:db8::10/128 dev @ nodad',
    'link set dev @ up',
    'neigh replace fe80::1 lladdr ee:ee:ee:ee:ee:ee dev @ nud permanent',
    'route replace ::/0 via fe80::1 dev @ onlink',
    'route replace unreachable 2001:db8:1::/64 metric 4294967294',
  ])
})

test('an interface beside that of the default route has a way out for its own addresses', () => {
  const plan = planRouted(routed(['192.0.2.11', '2001:db8::11'], [], 3), CONTEXT)
  expect(adds(plan.inside).filter((line) => /^(route|rule)/.test(line))).toEqual([
    'route replace default via 169.254.1.1 dev @ onlink table 10103',
    'rule add from 192.0.2.11/32 lookup 10103 pref 10103',
    'route replace ::/0 from 2001:db8::11/128 via fe80::1 dev @ onlink',
  ])
})

test('every line but those that go with the interface says how it is taken back', () => {
  const plan = planRouted(routed(['192.0.2.10', '2001:db8::10'], ['2001:db8:1::/64']), CONTEXT)
  const forGood = [...plan.outside, ...plan.inside].filter(({ del }) => del === null)
  expect(adds(forGood)).toEqual(['link set ve101.0 up', 'link set dev @ up'])
})

test('the guard: own addresses only, none of the other family, no router’s words', () => {
  expect(planRouted(routed(['192.0.2.10']), CONTEXT).guard).toEqual([
    'ether type 8021q drop',
    'ether type 8021ad drop',
    'arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation { request, reply } arp saddr ip { 192.0.2.10 } accept',
    'ip daddr { 192.0.2.10 } drop',
    'icmp type redirect drop',
    'ip saddr { 192.0.2.10 } accept',
  ])
  const { guard } = planRouted(routed(['2001:db8::10', '2001:db8:1::5'], ['2001:db8:1::/64']), CONTEXT)
  expect(guard).toContain('ip6 saddr { 2001:db8::10, 2001:db8:1::/64 } accept')
  expect(guard).toContain('icmpv6 type { nd-router-advert, nd-redirect } drop')
  expect(guard.some((rule) => /^(ip|arp) /.test(rule))).toBe(false)
})

test('the longest name fits what the kernel takes', () => {
  expect(hostEnd(2_147_483_644, 15).length).toBeLessThanOrEqual(15)
})
