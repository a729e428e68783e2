/** VLANs, and firewalls on a bridge that has them, by packets between VEs on a stock Debian. Under software emulation. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FirewallRule, VeFirewall } from '../lib/contract/ve-firewall.ts'
import { type BridgedInterface, UNLIMITED_RATE } from '../lib/contract/ve-interface.ts'
import { problemOf } from './testing/agent-lab.ts'
import type { LabVe } from './testing/lab-ve.ts'
import { type MachinePlace, machineFootprint, machinePlace, still } from './testing/machine-place.ts'
import { PACKET_PROBE } from './testing/packet-probe.ts'

/** Where a VE's root may read it. */
const PROBE = '/srv/probe.pl'

const macOf = (n: number) => `02:16:3e:00:00:0${n}`

/**
 * A switch that filters VLANs, and what is on the other end of its trunk: a station in VLAN 10, one in VLAN 20, and counters of
 * what comes over the wire.
 */
const SCENE = `set -e
ip route add default via 10.0.2.2
ip link add br0 type bridge vlan_filtering 1
ip link set br0 up
ip link add trunk0 type veth peer name trunk1
ip link set trunk0 master br0 up
for vlan in 10 20; do
  bridge vlan add dev trunk0 vid $vlan
  ip netns add far$vlan
done
ip link set trunk1 netns far10
ip -n far10 link set trunk1 up
for vlan in 10 20; do
  ip -n far10 link add link trunk1 name v$vlan netns far$vlan type vlan id $vlan
  ip -n far$vlan addr add 10.99.$vlan.9/16 dev v$vlan
  ip -n far$vlan link set v$vlan up
done
ip netns exec far10 nft -f - <<END
table netdev wire {
  chain in {
    type filter hook ingress device trunk1 priority 0;
    ether saddr ${macOf(1)} vlan id 10 counter comment "ten"
    ether saddr ${macOf(3)} vlan id 20 counter comment "twenty"
    ether saddr ${macOf(1)} vlan id != 10 counter comment "hopped"
    ether saddr { ${macOf(1)}, ${macOf(3)} } ether type { ip, arp, ip6 } counter comment "untagged"
  }
}
END
`
const AWAY = 'ip netns del far20; ip netns del far10; ip link del br0; ip route del default via 10.0.2.2'

let place: MachinePlace
let before: string[]
/** Made once, since under emulation each takes seconds: two in VLAN 10, one in VLAN 20. */
let ten: Station
let alsoTen: Station
let twenty: Station
const ves: LabVe[] = []

beforeAll(async () => {
  place = await machinePlace()
  before = await machineFootprint(place)
  await place.agent.run(`cat >${PROBE}`, PACKET_PROBE)
  await place.agent.run(SCENE)
  ten = await station(1, 10)
  alsoTen = await station(2, 10)
  twenty = await station(3, 20)
})
afterAll(() => place?.agent.close())

/** Station n: 10.99.0.n. */
function port(n: number, vlan: number | null): BridgedInterface {
  return {
    ...{ kind: 'bridged', index: 0, ifname: 'eth0', bridge: 'br0', vlan, rate: UNLIMITED_RATE },
    ...{ mac: macOf(n), addresses: [`10.99.0.${n}`, `fd99::${n}`] },
    ...{ networks: ['10.99.0.0/16', 'fd99::/64'], gateway4: null, gateway6: null },
  }
}

type Station = { ve: LabVe; pid: number; at(line: string): Promise<string> }

async function station(n: number, vlan: number | null): Promise<Station> {
  const ve = still(place, n, { interfaces: [port(n, vlan)] })
  ves.push(ve)
  await ve.create()
  const pid = (await ve.start()).initPid ?? 0
  // As the VE's root.
  return { ve, pid, at: (line) => place.agent.run(`nsenter -t ${pid} -U -n -S 0 -G 0 ${line}`) }
}

const reaches = async (from: Station, address: string) =>
  (await from.at(`ping -c 1 -W 2 ${address}`).catch(String)).includes(' 0% packet loss')

async function wire(): Promise<Record<string, number>> {
  const said = await place.agent.run('ip netns exec far10 nft list table netdev wire')
  const found = said.matchAll(/packets (\d+) bytes \d+ comment "(\w+)"/g)
  return Object.fromEntries([...found].map(([, packets, name]) => [name, Number(packets)]))
}

test('a VE talks within its VLAN only, over the trunk in tagged frames, whatever its root does', async () => {
  for (const prefix of ['10.99.0.', 'fd99::']) {
    expect(await reaches(ten, `${prefix}2`)).toBe(true)
    expect(await reaches(ten, `${prefix}3`)).toBe(false)
    expect(await reaches(twenty, `${prefix}1`)).toBe(false)
  }
  expect(await reaches(ten, '10.99.10.9')).toBe(true)
  expect(await reaches(ten, '10.99.20.9')).toBe(false)
  expect(await reaches(twenty, '10.99.20.9')).toBe(true)
  expect(await reaches(twenty, '10.99.10.9')).toBe(false)

  // Tags of its own.
  await ten.at('ip link add link eth0 name hop type vlan id 20')
  await ten.at('ip address add 10.99.20.1/24 dev hop')
  await ten.at('ip link set hop up')
  expect(await reaches(ten, '10.99.20.9')).toBe(false)
  const seen = await wire()
  expect(seen).toMatchObject({ hopped: 0, untagged: 0 })
  expect(Math.min(seen.ten ?? 0, seen.twenty ?? 0)).toBeGreaterThan(0)

  // Moved while it runs, and back on no VLAN at all.
  await twenty.ve.configure({ interfaces: [port(3, 10)] })
  expect(await reaches(twenty, '10.99.0.1')).toBe(true)
  expect(await reaches(alsoTen, 'fd99::3')).toBe(true)
  expect(await reaches(twenty, '10.99.20.9')).toBe(false)
  await twenty.ve.configure({ interfaces: [port(3, null)] })
  expect(await reaches(twenty, '10.99.0.1')).toBe(false)
})

test('a VLAN is refused on a bridge that does not filter them', async () => {
  await place.agent.run('ip link add br1 type bridge')
  try {
    const elsewhere = { ...port(1, 10), bridge: 'br1' }
    expect(await problemOf(ten.ve.configure({ interfaces: [elsewhere] }))).toBe('invalid-input')
  } finally {
    await place.agent.run('ip link del br1')
  }
})

const accept = (ports: string[], change: Partial<FirewallRule> = {}): FirewallRule => ({
  ...{ direction: 'in', action: 'accept', protocol: 'tcp', peers: [], ports, comment: '' },
  ...change,
})

/** Answers on these ports until its VE ends. */
async function serve({ at }: Station): Promise<void> {
  await at(`sh -c "perl ${PROBE} serve 22 80 >/tmp/serve 2>&1 &"`)
  await place.agent.run(
    'timeout 30 sh -c "until grep -q ready /tmp/serve; do sleep 0.1; done"; rm /tmp/serve',
  )
}

const ask = (from: Station, address: string, number: number) =>
  from.at(`perl ${PROBE} ask tcp ${address} ${number}`)

/** Of an administrator: with it the kernel tracks connections on bridges by itself (nf_conntrack_bridge). */
const BRIDGE_CONNTRACK =
  'table bridge admin {\n chain forward {\n type filter hook forward priority 0\n ct state established,related,new counter accept\n }\n}\n'

const BOX: VeFirewall = {
  ...{ enabled: true, policyIn: 'drop', policyOut: 'accept' },
  rules: [accept(['22']), accept(['80'], { action: 'reject', peers: ['10.99.0.0/16'] })],
}

async function expectStateful(shop: Station, desk: Station): Promise<void> {
  await shop.ve.configure({ firewall: BOX })
  expect(await ask(desk, '10.99.0.1', 22)).toBe('open')
  expect(await ask(desk, '10.99.0.1', 80)).toBe('refused')
  expect(await ask(desk, 'fd99::1', 22)).toBe('open')
  expect(await ask(desk, 'fd99::1', 80)).toBe('silent')
  // Answers come in where nothing new may.
  expect(await ask(shop, '10.99.0.2', 80)).toBe('open')
  expect(await ask(shop, 'fd99::2', 80)).toBe('open')
  await expectCut(shop, desk)
}

test('a firewall on a VLAN’s bridge knows answers from questions, also beside an administrator’s own on bridges', async () => {
  await serve(ten)
  await serve(alsoTen)
  await expectStateful(ten, alsoTen)
  await place.agent.run('nft -f -', BRIDGE_CONNTRACK)
  try {
    expect(await place.agent.run('cat /proc/modules')).toContain('nf_conntrack_bridge')
    await expectStateful(ten, alsoTen)
  } finally {
    await place.agent.run('nft delete table bridge admin')
  }
})

/** A connection that the VE has opened goes on when nothing new may come in; one that a rule forbids is cut. */
async function expectCut(shop: Station, desk: Station): Promise<void> {
  const keep = (from: Station, address: string, file: string) =>
    from.at(`sh -c "perl ${PROBE} keep ${address} 22 ${file} >/dev/null 2>&1 &"`)
  const said = async (file: string) => (await place.agent.run(`cat ${file} || true`)).trim()
  await keep(shop, '10.99.0.2', '/tmp/own')
  await keep(desk, '10.99.0.1', '/tmp/others')
  const slow = { timeout: 30_000, interval: 200 }
  await expect.poll(async () => Number(await said('/tmp/own')), slow).toBeGreaterThan(2)
  await expect.poll(async () => Number(await said('/tmp/others')), slow).toBeGreaterThan(2)
  await shop.ve.configure({ firewall: { enabled: true, policyIn: 'drop', policyOut: 'accept', rules: [] } })
  await expect.poll(() => said('/tmp/others'), slow).toBe('cut')
  const count = Number(await said('/tmp/own'))
  await expect.poll(async () => Number(await said('/tmp/own')), slow).toBeGreaterThan(count)
  expect(await ask(desk, '10.99.0.1', 22)).toBe('silent')
  await place.agent.run('rm /tmp/own /tmp/others')
}

test('nothing of it stays on the host', async () => {
  for (const ve of ves) await ve.destroy()
  await place.agent.run(AWAY)
  await expect.poll(() => machineFootprint(place), { timeout: 20_000, interval: 500 }).toEqual(before)
})
