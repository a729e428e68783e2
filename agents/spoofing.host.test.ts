/** Senders that lie, on two real hosts, proven by packets. Needs root on Linux. */
import { expect, test } from 'vitest'
import {
  arp,
  BROADCAST,
  ethernet,
  icmpv6,
  ipHex,
  neighbourAdvert,
  neighbourSolicit,
} from './host/network/frames.ts'
import { linkLocalOf } from './host/network/guard-rules.ts'
import { udp } from './testing/datagrams.ts'
import { heard, type NetworkHost, type NetworkLab } from './testing/network-lab.ts'
import { bridged, macOf, networkLabOfTests, pings, routed } from './testing/network-scene.ts'

let lab: NetworkLab
let one: NetworkHost
let two: NetworkHost

const start = networkLabOfTests((raised) => {
  lab = raised
  ;[one, two] = raised.hosts
})

test('bridged: false senders do not leave the host', async () => {
  const a = await start(one, 101, [bridged(1)])
  const own: [string, string] = [macOf(1), '10.99.0.1']
  const [gateway, other, any] = ['10.99.0.254', macOf(2), '00:00:00:00:00:00']
  const link = linkLocalOf(macOf(1))
  const all = 'ff02::1'
  const to6 = '33:33:00:00:00:01'
  const v4 = (from: string, payload: string) => ethernet(BROADCAST, from, 0x800, payload)
  const v6 = (payload: string) => ethernet(to6, macOf(1), 0x86dd, payload)
  const says = (sender: [string, string], operation: 1 | 2 = 2) =>
    ethernet(BROADCAST, macOf(1), 0x806, arp({ operation, sender, target: [any, gateway] }))
  const frames = {
    'own address': v4(macOf(1), udp('10.99.0.1', '10.99.0.255', 1000, 1000)),
    'other hardware address': v4(other, udp('10.99.0.1', '10.99.0.255', 1000, 1000)),
    'other IPv4': v4(macOf(1), udp('10.99.0.2', '10.99.0.255', 1000, 1000)),
    'ARP: gateway': says([macOf(1), gateway]),
    'ARP: other hardware address inside': says([other, '10.99.0.1']),
    'ARP: question of another': says([macOf(1), '10.99.0.2'], 1),
    'ARP: conflict about another': ethernet(
      BROADCAST,
      macOf(1),
      0x806,
      arp({ operation: 1, sender: [macOf(1), '0.0.0.0'], target: [any, '10.99.0.2'] }),
    ),
    'DHCP server': v4(macOf(1), udp('10.99.0.1', '255.255.255.255', 67, 68)),
    'own IPv6': v6(udp('fd99::1', all, 1000, 1000)),
    'other IPv6': v6(udp('fd99::2', all, 1000, 1000)),
    'other link-local': v6(udp('fe80::1', all, 1000, 1000)),
    'advert: own': v6(neighbourAdvert(link, all, 'fd99::1', macOf(1))),
    'advert: gateway': v6(neighbourAdvert(link, all, 'fd99::254', macOf(1))),
    'advert: router’s link-local': v6(neighbourAdvert(link, all, 'fe80::1', macOf(1))),
    'solicit: conflict about another': v6(neighbourSolicit('::', 'ff02::1:ff00:2', 'fd99::2')),
    'router advertisement': v6(icmpv6(link, all, 134, `40000708${'0'.repeat(16)}`)),
    redirect: v6(icmpv6(link, all, 137, `00000000${ipHex('fd99::1')}${ipHex('fd99::2')}`)),
    'DHCPv6 server': v6(udp('fd99::1', all, 547, 546)),
    'tagged for a VLAN': ethernet(
      BROADCAST,
      macOf(1),
      0x8100,
      `00070800${udp('10.99.0.1', '10.99.0.255', 1000, 1000)}`,
    ),
    'spanning tree': ethernet('01:80:c2:00:00:00', macOf(1), 0x0027, `424203${'00'.repeat(40)}`),
    'unknown protocol': ethernet(BROADCAST, macOf(1), 0x88b5, '00'.repeat(46)),
    'ARP: own': says(own),
  }
  const ear = { agent: two.agent, device: 'wire0' }
  expect(await heard(ear, a, 'eth0', frames)).toEqual(['own address', 'own IPv6', 'advert: own', 'ARP: own'])

  // The same with the tools its root has: another address, then another hardware address.
  await two.agent.run('ip address add 10.99.0.250/24 dev br0')
  try {
    expect(await pings(a, '10.99.0.250')).toBe(true)
    await a.inside('ip address add 10.99.0.77/24 dev eth0')
    expect(await pings(a, '-I 10.99.0.77 10.99.0.250')).toBe(false)
    await a.inside('ip link set eth0 address 02:16:3e:99:99:99')
    expect(await pings(a, '10.99.0.250')).toBe(false)
    expect(await two.agent.run('bridge fdb show dev wire0')).not.toContain('02:16:3e:99:99:99')
  } finally {
    await two.agent.run('ip address flush dev br0 scope global')
  }
})

test('bridged: nobody hears what is for others', async () => {
  const a = await start(one, 101, [bridged(1)])
  const b = await start(one, 102, [bridged(2)])
  const c = await start(two, 103, [bridged(3)])
  const says = (to: string) => ethernet(to, macOf(1), 0x800, udp('10.99.0.1', '10.99.0.255', 9, 9))
  const frames = {
    'to another VE': says(macOf(3)),
    'to nobody known': says('02:16:3e:aa:bb:cc'),
    'to all': says(BROADCAST),
  }
  expect(await heard({ ...b, device: 'eth0' }, a, 'eth0', frames)).toEqual(['to all'])
  expect(await heard({ ...c, device: 'eth0' }, a, 'eth0', frames)).toEqual(['to another VE', 'to all'])
})

test('routed: false senders do not leave the host, nor fool it', async () => {
  const a = await start(one, 101, [routed([lab.free(0), 'fd77::a'], ['fd78:0:0:1::/64'])])
  const b = await start(one, 102, [routed([lab.free(1), 'fd77::b'])])
  const [gate, own, to] = ['ee:ee:ee:ee:ee:ee', '0a:00:00:00:00:65', two.host.address]
  const v4 = (from: string, target = to) => ethernet(gate, own, 0x800, udp(from, target, 1000, 1000))
  const v6 = (from: string, target = two.address6) =>
    ethernet(gate, own, 0x86dd, udp(from, target, 1000, 1000))
  const frames = {
    'own address': v4(lab.free(0)),
    'another VE’s': v4(lab.free(1)),
    'the host’s': v4(one.host.address),
    'nobody’s': v4('203.0.113.1'),
    'own IPv6': v6('fd77::a'),
    'any of its network': v6('fd78:0:0:1::1234'),
    'another VE’s IPv6': v6('fd77::b'),
    'the host’s IPv6': v6(one.address6),
    'tagged for a VLAN': ethernet(gate, own, 0x8100, `00070800${udp(lab.free(0), to, 1000, 1000)}`),
    'own address again': v4(lab.free(0)),
  }
  // Even where the host is lax by itself.
  await one.agent.run('echo 2 >/proc/sys/net/ipv4/conf/all/rp_filter')
  try {
    const out = ['own address', 'own IPv6', 'any of its network', 'own address again']
    expect(await heard({ agent: two.agent, device: 'eth0' }, a, 'eth0', frames)).toEqual(out)
  } finally {
    await one.agent.run('echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter')
  }

  const at = '10.77.0.1'
  const lies = [
    ethernet(BROADCAST, own, 0x806, arp({ operation: 2, sender: [own, at], target: [gate, '169.254.1.1'] })),
    ethernet(gate, own, 0x86dd, neighbourAdvert('fd77::b', 'fe80::1', 'fd77::b', own)),
    ethernet(
      '33:33:00:00:00:01',
      own,
      0x86dd,
      icmpv6('fe80::2', 'ff02::1', 134, `40000708${'0'.repeat(16)}`),
    ),
  ]
  await heard({ agent: two.agent, device: 'eth0' }, a, 'eth0', {
    ...Object.fromEntries(lies.entries()),
    end: v4(lab.free(0)),
  })
  expect(await one.agent.run('ip -6 route show default')).toBe('')
  expect(await one.agent.run('ip neigh show dev ve101.0')).not.toMatch(/10\.77\.0\.1 |fd77::b/)
  expect(await pings(b, one.host.address)).toBe(true)
})
