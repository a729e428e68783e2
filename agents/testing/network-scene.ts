/** What tests of networks on two hosts share. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import {
  type BridgedInterface,
  type RoutedInterface,
  UNLIMITED_RATE,
  type VeInterface,
} from '../../lib/contract/ve-interface.ts'
import {
  type LabVe,
  type NetworkHost,
  type NetworkLab,
  networkFootprint,
  raiseNetworkLab,
  startVe,
} from './network-lab.ts'

/**
 * Raises two hosts for the tests of a file; after each test its VEs are gone and the hosts as they were. Gives how to
 * start a VE.
 */
export function networkLabOfTests(raised: (lab: NetworkLab) => void) {
  let lab: NetworkLab
  let before: string[][]
  let ves: LabVe[] = []
  const footprints = () => Promise.all(lab.hosts.map(networkFootprint))
  beforeAll(async () => {
    lab = await raiseNetworkLab()
    // What it takes to find out what they can do stays: criu's findings, for one.
    for (const { agent } of lab.hosts) await agent.call('host-facts', {}, 'net:facts')
    raised(lab)
  })
  afterAll(() => lab?.lower())
  beforeEach(async () => {
    ves = []
    before = await footprints()
  })
  afterEach(async () => {
    await Promise.all(ves.map((ve) => ve.destroy()))
    await expect.poll(footprints, { timeout: 10_000, interval: 200 }).toEqual(before)
  })
  return async (on: NetworkHost, veid: number, interfaces: VeInterface[]): Promise<LabVe> => {
    const ve = await startVe(on, veid, interfaces)
    ves.push(ve)
    return ve
  }
}

const common = (index: number, addresses: string[]) => ({
  index,
  ifname: `eth${index}`,
  addresses,
  rate: UNLIMITED_RATE,
})

export function routed(addresses: string[], prefixes: string[] = [], index = 0): RoutedInterface {
  return { kind: 'routed', ...common(index, addresses), prefixes }
}

const LAN = ['10.99.0.0/24', 'fd99::/64']
export const macOf = (n: number) => `02:16:3e:00:00:${n.toString(16).padStart(2, '0')}`

/** The n-th station on the switch. */
export function bridged(n: number, index = 0, more: Partial<BridgedInterface> = {}): BridgedInterface {
  const own = common(index, [`10.99.0.${n}`, `fd99::${n}`])
  const out = { vlan: null, networks: LAN, gateway4: null, gateway6: null }
  return { kind: 'bridged', ...own, mac: macOf(n), bridge: 'br0', ...out, ...more }
}

export const pings = async (ve: LabVe, to: string) => {
  const line = `ping -c 1 -W 3 ${to}`
  return (await ve.inside(line).catch(String)).includes(' 0% packet loss')
}
