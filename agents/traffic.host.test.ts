/** Firewall, rates and traffic of VEs that run: through stops, crashes of init, root's own doing, a power cut. Needs root on Linux. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { VeTraffic } from '../lib/contract/agent-protocol.ts'
import { NO_FIREWALL, type VeFirewall } from '../lib/contract/ve-firewall.ts'
import { type RateLimits, UNLIMITED_RATE, type VeInterface } from '../lib/contract/ve-interface.ts'
import type { VeSpec } from '../lib/contract/ve-spec.ts'
import { bootHost, killHost } from '../lib/lab/host-power.ts'
import { EXAMPLE_SPEC } from './host/testing/example-spec.ts'
import { type AgentLab, footprint, PASSWORD, raiseAgentLab, TEMPLATE } from './testing/agent-lab.ts'
import { type LabAgent, labAgent } from './testing/lab-agent.ts'

/** With a port that is up, so that its routes do not change with the VE. */
const BRIDGE = [
  'ip link add br0 type bridge',
  'ip addr add 10.98.0.1/24 dev br0',
  'ip link add lan0 type veth peer name lan1',
  'ip link set lan0 master br0 up',
  'ip link set lan1 up',
  'ip link set br0 up',
  'until ip route | grep -q "10.98.0.0.*br0" && ! ip route | grep -q linkdown; do sleep 0.05; done',
].join(' && ')

let lab: AgentLab
let agent: LabAgent
let spec: VeSpec
let before: string[]
let counter = 0
const key = () => `traffic:${counter++}`

beforeAll(async () => {
  lab = await raiseAgentLab()
  agent = lab.agent
  await agent.run(BRIDGE)
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = await leftovers()
})
afterEach(async () => {
  await agent.call('ve-destroy', { ...ve(), kill: true }, key())
  await expect.poll(leftovers, { timeout: 10_000, interval: 200 }).toEqual(before)
})

/** A host that boots has its disk on another loop device. */
const leftovers = async () =>
  (await footprint(lab)).map((line) => line.replace(/^(mount \/vz .*loop)\d+$/, '$1'))

const ve = () => ({ veid: spec.veid, uuid: spec.uuid, epoch: spec.epoch })
const start = () => agent.call('ve-start', { spec }, key())
const stop = () => agent.call('ve-stop', ve(), key())

const routed = (rate: RateLimits = UNLIMITED_RATE): VeInterface => ({
  ...{ kind: 'routed', index: 0, ifname: 'eth0', addresses: [lab.address], prefixes: [], rate },
})
const BRIDGED: VeInterface = {
  ...{ kind: 'bridged', index: 1, ifname: 'eth1', mac: '02:16:3e:00:00:65', bridge: 'br0', vlan: null },
  ...{ addresses: ['10.98.0.101'], networks: ['10.98.0.0/24'], gateway4: null, gateway6: null },
  rate: { inBits: null, outBits: 10_000_000 },
}
/** Pings pass, sshd is closed. */
const CLOSED: VeFirewall = {
  ...{ enabled: true, policyIn: 'drop', policyOut: 'accept' },
  rules: [{ direction: 'in', action: 'accept', protocol: 'icmp', peers: [], ports: [], comment: 'ping' }],
}

async function create(change: Partial<VeSpec> = {}): Promise<void> {
  spec = { ...EXAMPLE_SPEC, interfaces: [routed()], ...change }
  const access = { rootPassword: PASSWORD, sshKeys: [] }
  await agent.call('ve-create', { cache: TEMPLATE.cache, digest: lab.template.digest, spec, access }, key())
}
async function configure(change: Partial<VeSpec>): Promise<void> {
  const next = { ...spec, ...change }
  await agent.call('ve-configure', { spec: next }, key())
  spec = next
}
const answers = async (address: string) =>
  (
    await agent.run(
      `bash -c 'timeout 1 bash -c "</dev/tcp/${address}/22" && echo yes || echo no' 2>/dev/null`,
    )
  ).trim()
/** 20 packets of 1000 bytes and their headers each way. */
const EXCHANGED = 20 * 1028
const exchange = (address = lab.address) => agent.run(`ping -q -c 20 -i 0.02 -s 1000 ${address}`)

async function traffic(): Promise<VeTraffic> {
  const [seen] = (await agent.call('ve-state', { veid: spec.veid }, key())).ves
  if (seen === undefined) throw new Error('The VE is gone')
  return seen.traffic
}
const total = ({ base, live }: VeTraffic) =>
  Math.min(base.inBytes + live.inBytes, base.outBytes + live.outBytes)

test('a firewall is there from the start, changes while it runs, and its root cannot undo it', async () => {
  await create({ interfaces: [routed(), BRIDGED], firewall: CLOSED })
  const { initPid } = await start()
  const rules = await agent.run('nft list table inet corral-firewall')
  const inside = (line: string) => agent.run(`nsenter -t ${initPid} -U -n -S 0 -G 0 ${line}`)
  await inside('nft flush ruleset')
  await inside('nft add table inet corral-firewall')
  await inside('nft delete table inet corral-firewall')
  expect(await agent.run('nft list table inet corral-firewall')).toBe(rules)
  await exchange()
  expect([await answers(lab.address), await answers('10.98.0.101')]).toEqual(['no', 'no'])
  await configure({ firewall: NO_FIREWALL })
  await expect.poll(() => answers(lab.address), { timeout: 10_000 }).toBe('yes')
  expect(await answers('10.98.0.101')).toBe('yes')
  await configure({ firewall: CLOSED })
  expect([await answers(lab.address), await answers('10.98.0.101')]).toEqual(['no', 'no'])
})

test('interfaces, rates and firewall come and go while it runs; nothing stays of those that went', async () => {
  await create()
  await start()
  const devices = async () => (await agent.run('ls /sys/class/net')).match(/(ve|ib)101\.\d+/g)
  await configure({
    interfaces: [routed({ inBits: 5_000_000, outBits: 5_000_000 }), BRIDGED],
    firewall: CLOSED,
  })
  expect(await devices()).toEqual(['ib101.0', 'ib101.1', 've101.0', 've101.1'])
  expect(await agent.run('tc qdisc show dev ve101.0')).toContain('rate 5Mbit')
  await exchange('10.98.0.101')
  await configure({ interfaces: [routed()], firewall: NO_FIREWALL })
  expect(await devices()).toEqual(['ve101.0'])
  expect(await agent.run('nft list tables')).not.toContain('corral-firewall')
  expect(await agent.run('tc qdisc show dev ve101.0')).not.toContain('tbf')
  expect(total(await traffic())).toBeGreaterThanOrEqual(EXCHANGED)
})

test('traffic adds up over stops, a crash of init and a restart', async () => {
  await create()
  await start()
  const first = await traffic()
  await exchange()
  const counted = await traffic()
  expect(counted.series).toBe(first.series)
  expect(total(counted) - total(first)).toBeGreaterThanOrEqual(EXCHANGED)
  await stop()
  const stopped = await traffic()
  expect(stopped).toMatchObject({ series: null, live: { inBytes: 0, outBytes: 0 } })
  expect(total(stopped)).toBeGreaterThanOrEqual(total(counted))

  const { initPid } = await start()
  expect((await traffic()).series).not.toBe(first.series)
  await exchange()
  const running = total(await traffic())
  expect(running - total(stopped)).toBeGreaterThanOrEqual(EXCHANGED)
  await agent.run(`kill -9 ${initPid}`)
  await expect
    .poll(async () => (await agent.call('ve-state', { veid: 101 }, key())).ves[0]?.state)
    .toBe('stopped')
  expect(total(await traffic())).toBeGreaterThanOrEqual(running)
  await start()
  const again = await traffic()
  expect(total(again)).toBeGreaterThanOrEqual(running)
  expect(total(again)).toBeLessThan(running + EXCHANGED)
})

test('a power cut loses what was not settled, and no more', async () => {
  await create({ firewall: CLOSED })
  await start()
  await exchange()
  await stop()
  const { base } = await traffic()
  await start()
  await exchange()
  const { series } = await traffic()
  agent.close()
  await killHost(lab.dir, lab.host.name)
  await bootHost(lab.dir, lab.host.name)
  agent = await labAgent(lab.host)
  lab.agent = agent
  await agent.run(BRIDGE)
  expect(await traffic()).toEqual({ base, live: { inBytes: 0, outBytes: 0 }, series: null })
  await start()
  expect(await answers(lab.address)).toBe('no')
  const after = await traffic()
  expect(after.base).toEqual(base)
  expect(after.series).not.toBe(series)
})
