import { expect, test } from 'vitest'
import { veSpec } from '../contract/ve-spec.ts'
import { type VeRow, veSpecOf } from './spec.ts'

const SET = '018f0000-0000-7000-8000-0000000000aa'
const rule = (port: string) => ({
  direction: 'in',
  action: 'accept',
  protocol: 'tcp',
  peers: [],
  ports: [port],
  comment: '',
})

const ROW = {
  id: '018f0000-0000-7000-8000-000000000001',
  veid: 101,
  epoch: 3,
  name: 'web1',
  hostname: 'web1.example.org',
  arch: 'x86-64',
  idBase: 1_048_576n,
  storage: 'image',
  diskBytes: 4_294_967_296n,
  memoryBytes: 536_870_912n,
  swapBytes: 0n,
  processes: 1024,
  cpuUnits: 1000,
  cpuLimitPercent: null,
  moreLimits: {},
  dnsServers: ['192.0.2.53'],
  searchDomains: ['example.org'],
  kind: 'system',
  namespaces: ['pid', 'ipc', 'uts', 'network', 'user', 'cgroup'],
  application: null,
  features: { nesting: false, fuse: false, tun: false, capabilities: [], nfs: [] },
  devices: [],
  networkDevices: [],
  firewall: {
    enabled: true,
    policyIn: 'drop',
    policyOut: 'accept',
    entries: [{ rule: rule('80') }, { setId: SET }, { rule: rule('443') }],
  },
  firewallSets: [{ set: { id: SET, rules: [rule('22'), rule('25')] } }],
  interfaces: [
    {
      kind: 'routed',
      index: 0,
      ifname: 'eth0',
      rateInBits: null,
      rateOutBits: 8_000_000n,
      removedAt: null,
      addresses: [
        { address: '192.0.2.10', releasedAt: null },
        { address: '2001:db8::10/128', releasedAt: null },
        { address: '2001:db8:1::/64', releasedAt: null },
        { address: '192.0.2.11', releasedAt: new Date() },
      ],
    },
    {
      kind: 'bridged',
      index: 1,
      ifname: 'eth1',
      mac: '02:16:3e:00:00:01',
      bridge: 'br0',
      vlan: 7,
      networks: ['10.0.0.0/24'],
      gateway4: null,
      gateway6: null,
      rateInBits: null,
      rateOutBits: null,
      removedAt: null,
      addresses: [{ address: '10.0.0.5', releasedAt: null }],
    },
    { kind: 'routed', index: 2, ifname: 'eth2', removedAt: new Date(), addresses: [] },
  ],
} as unknown as VeRow

test('a row is a specification that agents accept, with the addresses it holds now', () => {
  const spec = veSpecOf(ROW)
  expect(veSpec.parse(spec)).toEqual(spec)
  expect(spec).toMatchObject({
    uuid: ROW.id,
    epoch: 3,
    idBase: 1_048_576,
    limits: { diskBytes: 4_294_967_296 },
  })
  expect(spec.interfaces).toEqual([
    {
      kind: 'routed',
      index: 0,
      ifname: 'eth0',
      addresses: ['192.0.2.10', '2001:db8::10'],
      prefixes: ['2001:db8:1::/64'],
      rate: { inBits: null, outBits: 8_000_000 },
    },
    {
      kind: 'bridged',
      index: 1,
      ifname: 'eth1',
      addresses: ['10.0.0.5'],
      rate: { inBits: null, outBits: null },
      mac: '02:16:3e:00:00:01',
      bridge: 'br0',
      vlan: 7,
      networks: ['10.0.0.0/24'],
      gateway4: null,
      gateway6: null,
    },
  ])
})

test('a rule set stands where it is referred to', () => {
  const ports = veSpecOf(ROW).firewall.rules.map((each) => each.ports[0])
  expect(ports).toEqual(['80', '22', '25', '443'])
})

test('what is only reserved for a change is not in it', () => {
  const interfaces = ROW.interfaces.map((each, index) => ({
    ...each,
    pending: index === 1,
    addresses: each.addresses.map((address) => ({ ...address, pending: address.address === '192.0.2.10' })),
  }))
  const spec = veSpecOf({ ...ROW, interfaces })
  expect(spec.interfaces).toMatchObject([{ ifname: 'eth0', addresses: ['2001:db8::10'] }])
})

test('whoever has used up the traffic goes on at the lower of the rates', () => {
  const throttled = { trafficExceededAt: new Date(), trafficThrottleBits: 1_000_000n }
  const rates = (action: 'throttle' | 'suspend') =>
    veSpecOf({ ...ROW, ...throttled, trafficAction: action }).interfaces.map(({ rate }) => rate)
  expect(rates('throttle')).toEqual([
    { inBits: 1_000_000, outBits: 1_000_000 },
    { inBits: 1_000_000, outBits: 1_000_000 },
  ])
  expect(rates('suspend')[0]).toEqual({ inBits: null, outBits: 8_000_000 })
})
