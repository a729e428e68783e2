import { expect, test } from 'vitest'
import { EXAMPLE_SPEC } from '../testing/example-spec.ts'
import { memorySys } from '../testing/memory-sys.ts'
import { filterText } from './ipv6-filter.ts'
import { hostEnd, planRouted, routed } from './routed.ts'
import { parseIpv4Routes } from './routes.ts'

const IPV4 = `header\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`
const ROUTES = parseIpv4Routes(IPV4)
const X86 = { '/proc/sys/kernel/arch': 'x86_64\n' }
const only = (addresses: string[]) => [
  {
    kind: 'routed' as const,
    index: 0,
    ifname: 'eth0',
    addresses,
    prefixes: [],
    rate: { inBits: null, outBits: null },
  },
]

test('an IPv4 address: pair, gateway, route, answer on the uplink, default route inside', () => {
  expect(planRouted(101, 77, only(['192.0.2.10']), ROUTES)).toEqual({
    outside: [
      'link add ve101.0 type veth peer name eth0 netns 77',
      'addr add 169.254.1.1/32 dev ve101.0 scope link',
      'link set ve101.0 up',
      'route add 192.0.2.10/32 dev ve101.0',
      'neigh replace proxy 192.0.2.10 dev eth0',
    ],
    inside: [
      'link set lo up',
      'addr add 192.0.2.10/32 dev eth0',
      'link set eth0 up',
      'route add 169.254.1.1 dev eth0 scope link',
      'route add default via 169.254.1.1 dev eth0',
    ],
    ipv6: false,
  })
})

test('both families have a gateway each', () => {
  const { outside, inside, ipv6 } = planRouted(101, 77, EXAMPLE_SPEC.interfaces, ROUTES)
  expect(ipv6).toBe(true)
  expect(outside).toContain('addr add fe80::1/64 dev ve101.0 nodad')
  expect(inside).toContain('route add ::/0 via fe80::1 dev eth0')
})

test('a VE without interfaces still has loopback', () => {
  expect(planRouted(101, 77, [], ROUTES)).toEqual({ outside: [], inside: ['link set lo up'], ipv6: false })
})

test('the longest name fits what the kernel takes', () => {
  expect(hostEnd(2_147_483_644, 15).length).toBeLessThanOrEqual(15)
})

test('IPv6 sources are filtered, only where there are IPv6 addresses', () => {
  expect(filterText(101, only(['192.0.2.10']))).toBeNull()
  expect(filterText(101, EXAMPLE_SPEC.interfaces)).toContain(
    'iifname "ve101.0" ip6 saddr != { ::, fe80::/10, 2001:db8::10 } drop',
  )
})

test('attach: strict reverse path, no IPv6 on a VE that has none, answers without delay', () => {
  const sys = memorySys({
    ...X86,
    '/proc/net/route': IPV4,
    '/proc/sys/net/ipv4/ip_forward': '0\n',
    '/proc/sys/net/ipv4/neigh/eth0/proxy_delay': '80\n',
    '/proc/sys/net/ipv4/conf/ve101.0/rp_filter': '0\n',
    '/proc/sys/net/ipv6/conf/ve101.0/disable_ipv6': '0\n',
  })
  routed.attach(sys, { ...EXAMPLE_SPEC, interfaces: only(['192.0.2.10']) }, 77)
  expect(sys.files.get('/proc/sys/net/ipv4/ip_forward')).toBe('1')
  expect(sys.files.get('/proc/sys/net/ipv4/neigh/eth0/proxy_delay')).toBe('0')
  expect(sys.files.get('/proc/sys/net/ipv4/conf/ve101.0/rp_filter')).toBe('1')
  expect(sys.files.get('/proc/sys/net/ipv6/conf/ve101.0/disable_ipv6')).toBe('1')
  expect(sys.runs.map(({ argv }) => argv[0])).toEqual(['ip', 'nsenter'])
})

test('detach takes back what attach left on the host, and nothing when there is nothing', () => {
  const sys = memorySys({ ...X86, '/proc/net/route': IPV4, '/sys/class/net/ve101.0/mtu': '1500' })
  routed.detach(sys, 101, only(['192.0.2.10']))
  expect(sys.runs).toEqual([
    {
      argv: ['ip', '-force', '-batch', '-'],
      stdin: 'neigh del proxy 192.0.2.10 dev eth0\nlink del ve101.0\n',
    },
  ])
  const empty = memorySys(X86)
  routed.detach(empty, 101, [])
  expect(empty.runs).toEqual([])
})
