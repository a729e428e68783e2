/** Networks of VEs on two real hosts, proven by packets. Needs root on Linux. */
import { expect, test } from 'vitest'
import type { VeInterface } from '../lib/contract/ve-interface.ts'
import { announcement } from './host/network/announce.ts'
import { ipHex, macHex } from './host/network/frames.ts'
import { problemOf } from './testing/agent-lab.ts'
import {
  type LabVe,
  listen,
  type NetworkHost,
  type NetworkLab,
  openConnection,
} from './testing/network-lab.ts'
import { bridged, macOf, networkLabOfTests, pings, routed } from './testing/network-scene.ts'

let lab: NetworkLab
let one: NetworkHost
let two: NetworkHost

const start = networkLabOfTests((raised) => {
  lab = raised
  ;[one, two] = raised.hosts
})

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
    expect(await a.inside('ip -brief link')).not.toContain('eth1')
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
  const a = await start(one, 101, [bridged(1)])
  try {
    expect(await pings(a, '10.99.0.254')).toBe(false)
    await a.configure({ interfaces: [bridged(1, 0, { bridge: 'br1' })] })
    expect(await pings(a, '10.99.0.254')).toBe(true)
    expect(await one.agent.run('bridge -d link show dev ve101.0')).toMatch(/learning off flood off/)
    await a.configure({ interfaces: [routed([lab.free(0)])] })
    expect(await two.agent.run(`ping -c 1 -W 3 ${lab.free(0)}`)).toContain(' 0% packet loss')
  } finally {
    await a.destroy()
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

  // Deleted, and others in its place.
  await a.inside('ip link del eth1')
  await a.inside('ip link add eth1 type veth peer name spare0')
  await a.inside('ip link set eth1 up')
  await a.configure({ interfaces: [routed([lab.free(0)]), bridged(1, 1, { addresses: ['10.99.0.5'] })] })
  expect(await pings(a, '10.99.0.2')).toBe(true)
  await a.configure({ interfaces: [routed([lab.free(0)])] })
  expect(await one.agent.run('ls /sys/class/net')).not.toContain('ve101.1')
})

/** Keywords, comments, quotes and patterns of the tools that the host works with, and what JSON does not allow. */
test.each(['netns', '#', `$'"\\`, '\u0001'])(
  'an interface that its root named %j can be changed, and its VE destroyed',
  async (name) => {
    const a = await start(one, 101, [routed([lab.free(0)]), bridged(1, 1)])
    await start(two, 102, [bridged(2)])
    const numbers = async () => (await a.inside('ip -oneline link')).match(/^\d+:/gm)
    const before = await numbers()
    await a.inside('ip link set eth1 down')
    await a.inside(`sh -c 'ip link set dev eth1 name "$(cat)"'`, name)
    expect(await a.inside('ip -brief link')).not.toContain('eth1')
    await a.configure({ interfaces: [routed([lab.free(0)]), bridged(1, 1, { addresses: ['10.99.0.8'] })] })
    expect(await pings(a, '10.99.0.2')).toBe(true)
    expect(await a.inside('ip -brief address')).toContain('10.99.0.8/24')
    expect(await a.inside('ip -brief address')).not.toContain('10.99.0.1/24')
    expect(await numbers(), 'it is the same interface').toEqual(before)
  },
)

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

test('the hosts say what they can do', async () => {
  const facts = await one.agent.call('host-facts', {}, 'net:facts')
  expect(facts.capabilities['net-routed']).toEqual({ available: true, reason: null })
  expect(facts.capabilities['net-bridged']).toEqual({ available: true, reason: null })
})
