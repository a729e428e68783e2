/** Networks of VEs on two real hosts, proven by packets. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AgentResult } from '../lib/contract/agent-protocol.ts'
import {
  type BridgedInterface,
  type RoutedInterface,
  UNLIMITED_RATE,
  type VeInterface,
} from '../lib/contract/ve-interface.ts'
import { announcement } from './host/network/announce.ts'
import {
  arp,
  BROADCAST,
  ethernet,
  icmpv6,
  ipHex,
  macHex,
  neighbourAdvert,
  neighbourSolicit,
} from './host/network/frames.ts'
import { linkLocalOf } from './host/network/guard-rules.ts'
import { problemOf } from './testing/agent-lab.ts'
import { udp } from './testing/datagrams.ts'
import {
  heard,
  type LabVe,
  listen,
  type NetworkHost,
  type NetworkLab,
  networkFootprint,
  openConnection,
  raiseNetworkLab,
  startVe,
} from './testing/network-lab.ts'

let lab: NetworkLab
let one: NetworkHost
let two: NetworkHost
let before: string[][]
let ves: LabVe[] = []
let facts: AgentResult<'host-facts'>

beforeAll(async () => {
  lab = await raiseNetworkLab()
  ;[one, two] = lab.hosts
  // What it takes to find out stays: criu's findings, for one.
  for (const { agent } of lab.hosts) facts = await agent.call('host-facts', {}, 'net:facts')
})
afterAll(() => lab?.lower())

beforeEach(async () => {
  ves = []
  before = await Promise.all(lab.hosts.map(networkFootprint))
})
afterEach(async () => {
  await Promise.all(ves.map((ve) => ve.destroy()))
  const now = () => Promise.all(lab.hosts.map(networkFootprint))
  await expect.poll(now, { timeout: 10_000, interval: 200 }).toEqual(before)
})

async function start(on: NetworkHost, veid: number, interfaces: VeInterface[]): Promise<LabVe> {
  const ve = await startVe(on, veid, interfaces)
  ves.push(ve)
  return ve
}

const common = (index: number, addresses: string[]) => ({
  index,
  ifname: `eth${index}`,
  addresses,
  rate: UNLIMITED_RATE,
})

function routed(addresses: string[], prefixes: string[] = [], index = 0): RoutedInterface {
  return { kind: 'routed', ...common(index, addresses), prefixes }
}

const LAN = ['10.99.0.0/24', 'fd99::/64']
const macOf = (n: number) => `02:16:3e:00:00:${n.toString(16).padStart(2, '0')}`

/** The n-th station on the switch. */
function bridged(n: number, index = 0, more: Partial<BridgedInterface> = {}): BridgedInterface {
  const own = common(index, [`10.99.0.${n}`, `fd99::${n}`])
  const out = { vlan: null, networks: LAN, gateway4: null, gateway6: null }
  return { kind: 'bridged', ...own, mac: macOf(n), bridge: 'br0', ...out, ...more }
}

const pings = async (ve: LabVe, to: string) => {
  const line = `ping -c 1 -W 3 ${to}`
  return (await ve.inside(line).catch(String)).includes(' 0% packet loss')
}

/** What a server says first, over TCP. */
const greeting = (ve: LabVe, address: string) =>
  ve.inside(`timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/22; head -c 7 <&3'`).catch(String)

async function expectReaches(ve: LabVe, addresses: string[]): Promise<void> {
  for (const address of addresses) {
    expect(await pings(ve, address), `ping ${address}`).toBe(true)
    await expect.poll(() => greeting(ve, address), { timeout: 15_000 }).toBe('SSH-2.0')
  }
}

test('routed: VEs of two hosts reach each other, by IPv4, IPv6 and routed networks', async () => {
  const a = await start(one, 101, [routed([lab.free(0), 'fd77::a'], ['fd78:0:0:1::/64'])])
  const b = await start(two, 102, [routed([lab.free(1), 'fd77::b'], ['fd78:0:0:2::/64'])])
  const routes = [
    { at: one, line: `fd78:0:0:2::/64 via ${two.address6}` },
    { at: two, line: `fd78:0:0:1::/64 via ${one.address6}` },
  ]
  for (const { at, line } of routes) await at.agent.run(`ip route add ${line}`)
  try {
    await expectReaches(a, [lab.free(1), 'fd77::b', 'fd78:0:0:2::1'])
    await expectReaches(b, [lab.free(0), 'fd77::a', 'fd78:0:0:1::1'])
    // Any other address of its network, on any of its interfaces.
    await b.inside('ip address add fd78:0:0:2::beef/128 dev lo')
    await expectReaches(a, ['fd78:0:0:2::beef'])
    expect(await pings(b, '-I fd78:0:0:2::beef fd78:0:0:1::1')).toBe(true)
    // What nobody has taken goes nowhere, not round and round.
    expect(await a.inside('ping -c 1 -W 3 fd78:0:0:2::dead').catch(String)).not.toContain('Time exceeded')
    expect(await pings(a, 'fd78:0:0:2::dead')).toBe(false)
  } finally {
    for (const { at, line } of routes) await at.agent.run(`ip route del ${line}`)
  }
})

test('bridged: VEs of two hosts are on one link, by IPv4 and IPv6', async () => {
  const a = await start(one, 101, [bridged(1)])
  await start(two, 102, [bridged(2)])
  await expectReaches(a, ['10.99.0.2', 'fd99::2'])
  expect(await a.inside('ip neigh show 10.99.0.2')).toContain(macOf(2))
  expect(await one.agent.run('bridge fdb show dev ve101.0')).toContain(macOf(1))
  // Autoconfiguration would give it addresses that are not its own.
  expect(await a.inside('sysctl -n net.ipv6.conf.eth0.accept_ra')).toBe('0\n')
})

test('a gateway of the link leads out', async () => {
  await one.agent.run('ip address add 10.99.0.254/24 dev br0 && ip address add fd99::254/64 dev br0 nodad')
  try {
    const a = await start(one, 101, [bridged(1, 0, { gateway4: '10.99.0.254', gateway6: 'fd99::254' })])
    expect(await pings(a, one.host.address)).toBe(true)
    expect(await pings(a, one.address6)).toBe(true)
  } finally {
    await one.agent.run('ip address flush dev br0 scope global')
  }
})

test('interfaces come, change and go while connections of others live on', async () => {
  const first = routed([lab.free(0)])
  const a = await start(one, 101, [first])
  await start(two, 102, [bridged(2)])
  const open = await openConnection(two, a, lab.free(0))
  try {
    await a.configure({ interfaces: [first, bridged(1, 1)] })
    await expectReaches(a, ['10.99.0.2', 'fd99::2'])

    const changed = { addresses: ['10.99.0.7', 'fd99::7'], mac: macOf(7) }
    await a.configure({ interfaces: [first, bridged(1, 1, changed)] })
    await expectReaches(a, ['10.99.0.2', 'fd99::2'])
    const now = await a.inside('ip -brief address show eth1')
    expect(now).toMatch(/10\.99\.0\.7\/24 .*fd99::7\/64/)
    expect(now).not.toMatch(/10\.99\.0\.1\/24|fd99::1\//)
    expect(await one.agent.run('bridge fdb show dev ve101.1')).not.toContain(macOf(1))

    await a.configure({ interfaces: [{ ...first, prefixes: ['fd78:0:0:1::/64'] }] })
    expect(await a.inside('ls /sys/class/net')).not.toContain('eth1')
    expect(await one.agent.run('ping -c 1 -W 3 fd78:0:0:1::1')).toContain(' 0% packet loss')
    await a.configure({ interfaces: [{ ...first, addresses: [lab.free(0), lab.free(3)] }] })
    expect(await two.agent.run(`ping -c 1 -W 3 ${lab.free(3)}`)).toContain(' 0% packet loss')
  } finally {
    expect(await open.finish()).toBe('early late\n')
  }
})

test('each of two routed interfaces answers for its own addresses', async () => {
  const second = routed([lab.free(1), 'fd77::b'], [], 1)
  await start(one, 101, [routed([lab.free(0), 'fd77::a']), second])
  for (const address of [lab.free(0), lab.free(1), 'fd77::a', 'fd77::b']) {
    expect(await two.agent.run(`ping -c 1 -W 3 ${address}`), address).toContain(' 0% packet loss')
  }
})

test('a bridge can be changed, and a kind', async () => {
  await one.agent.run(
    'ip link add br1 type bridge && ip link set br1 up && ip address add 10.99.0.254/24 dev br1',
  )
  try {
    const a = await start(one, 101, [bridged(1)])
    expect(await pings(a, '10.99.0.254')).toBe(false)
    await a.configure({ interfaces: [bridged(1, 0, { bridge: 'br1' })] })
    expect(await pings(a, '10.99.0.254')).toBe(true)
    expect(await one.agent.run('bridge -d link show dev ve101.0')).toMatch(/learning off flood off/)
    await a.configure({ interfaces: [routed([lab.free(0)])] })
    expect(await two.agent.run(`ping -c 1 -W 3 ${lab.free(0)}`)).toContain(' 0% packet loss')
  } finally {
    await Promise.all(ves.map((ve) => ve.destroy()))
    await one.agent.run('ip link del br1')
  }
})

test('what fails half way goes back', async () => {
  const first = routed([lab.free(0)])
  const a = await start(one, 101, [first, bridged(1, 1)])
  await start(two, 102, [bridged(2)])
  // Its root has taken the name that the third interface is to have.
  await a.inside('ip link add eth2 type veth peer name spare0')
  const wanted = [
    { ...first, addresses: [lab.free(3)] },
    bridged(1, 1, { addresses: ['10.99.0.9'] }),
    bridged(5, 2),
  ]
  expect(await problemOf(a.configure({ interfaces: wanted }))).toBe('command-failed')
  await expectReaches(a, ['10.99.0.2', 'fd99::2'])
  expect(await two.agent.run(`ping -c 1 -W 3 ${lab.free(0)}`)).toContain(' 0% packet loss')
  expect(await a.inside('ip -brief address')).not.toMatch(new RegExp(`${lab.free(3)}/|10\\.99\\.0\\.9/`))
  expect(await one.agent.run('ip route; ip neigh show proxy; ls /sys/class/net')).not.toMatch(
    new RegExp(`${lab.free(3)} |ve101\\.2`),
  )
})

test('whatever its root did to the interface inside, the host finds or remakes it', async () => {
  const a = await start(one, 101, [routed([lab.free(0)]), bridged(1, 1)])
  await start(two, 102, [bridged(2)])
  // Renamed, and another in its place.
  await a.inside('ip link set eth1 down')
  await a.inside('ip link set eth1 name mine0')
  await a.inside('ip link set mine0 up')
  await a.inside('ip link add eth1 type veth peer name spare0')
  await a.configure({ interfaces: [routed([lab.free(0)]), bridged(1, 1, { addresses: ['10.99.0.8'] })] })
  expect(await a.inside('ip -brief address show mine0')).toContain('10.99.0.8/24')
  expect(await pings(a, '10.99.0.2')).toBe(true)
  await a.inside('ip link del eth1')

  // Moved to a namespace of its own.
  await a.inside('sh -c "unshare --net sleep 1000 >/dev/null 2>&1 & echo \\$!"')
  const nested = (await one.agent.run('pgrep -x sleep -n')).trim()
  await one.agent.run(`nsenter -t ${a.pid} -n ip link set mine0 netns ${nested}`)
  await a.configure({ interfaces: [routed([lab.free(0)]), bridged(1, 1, { addresses: ['10.99.0.6'] })] })
  expect(await pings(a, '10.99.0.2')).toBe(true)

  // Deleted.
  await a.inside('ip link del eth1')
  await a.configure({ interfaces: [routed([lab.free(0)]), bridged(1, 1, { addresses: ['10.99.0.5'] })] })
  expect(await pings(a, '10.99.0.2')).toBe(true)
  await a.configure({ interfaces: [routed([lab.free(0)])] })
  expect(await one.agent.run('ls /sys/class/net')).not.toContain('ve101.1')
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

test('a VE that starts or gets an address says so on the links', async () => {
  const ear = { agent: two.agent, device: 'eth0' }
  const mac = (await one.agent.run('cat /sys/class/net/eth0/address')).trim()
  const asksFor = (address: string, from: string) => announcement(address, from, null).join('')
  const bound = await listen(ear, asksFor(lab.free(0), mac))
  const a = await start(one, 101, [routed([lab.free(0)])])
  await bound.frames()

  // The end of an unsolicited advertisement: flags, address, where it is.
  const said = `20000000${ipHex('fd77::a')}0201${macHex(mac)}`
  const later = await listen(ear, said)
  await a.configure({ interfaces: [routed([lab.free(0), 'fd77::a'])] })
  await later.frames()

  const onSwitch = await listen({ agent: two.agent, device: 'wire0' }, asksFor('10.99.0.1', macOf(1)))
  await a.configure({ interfaces: [routed([lab.free(0), 'fd77::a']), bridged(1, 1)] })
  await onSwitch.frames()
})

test('refused before anything is changed: addresses of the host, its router and other VEs, what is not there', async () => {
  const a = await start(one, 101, [routed([lab.free(0)], ['fd78:0:0:1::/64'])])
  const b = await start(one, 102, [routed([lab.free(1)])])
  const refusal = (interfaces: VeInterface[]) =>
    b.configure({ interfaces }).then(
      () => null,
      ({ code, fields }) => [code, ...Object.keys(fields ?? {})],
    )
  const address = 'spec.interfaces.0.addresses.0'
  const gateway = (await one.agent.run('ip route show default')).split(' ')[2] ?? ''
  expect(await refusal([routed([one.host.address])])).toEqual(['address-taken', address])
  expect(await refusal([routed([gateway])])).toEqual(['address-taken', address])
  expect(await refusal([routed([lab.free(0)])])).toEqual(['address-taken', address])
  expect(await refusal([routed(['fd78:0:0:1::5'])])).toEqual(['address-taken', address])
  expect(await refusal([routed(['fe80::5'])])).toEqual(['invalid-input', address])
  expect(await refusal([routed([], ['fd77::/80'])])).toEqual([
    'invalid-input',
    'spec.interfaces.0.prefixes.0',
  ])
  expect(await refusal([routed([], ['fd78::/56'])])).toEqual([
    'address-taken',
    'spec.interfaces.0.prefixes.0',
  ])
  expect(await refusal([bridged(1, 0, { bridge: 'br9' })])).toEqual([
    'invalid-input',
    'spec.interfaces.0.bridge',
  ])
  expect(await refusal([bridged(1, 0, { vlan: 7 })])).toEqual(['invalid-input', 'spec.interfaces.0.vlan'])
  expect(await refusal([bridged(1, 0, { gateway4: '10.99.0.1' })])).toEqual(['address-taken', address])
  const both = [routed([lab.free(1)]), bridged(1, 1, { gateway4: '10.99.0.254' })]
  expect(await refusal(both)).toEqual(['invalid-input', 'spec.interfaces.1.gateway4'])
  expect(await pings(a, lab.free(1))).toBe(true)
})

test('the hosts say what they can do', () => {
  expect(facts.capabilities['net-routed']).toEqual({ available: true, reason: null })
  expect(facts.capabilities['net-bridged']).toEqual({ available: true, reason: null })
})
