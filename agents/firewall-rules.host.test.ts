/** That a host takes every firewall that the contract lets through. Needs root on Linux. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'vitest'
import {
  FIREWALL_ACTIONS,
  FIREWALL_DIRECTIONS,
  FIREWALL_PROTOCOL,
  FIREWALL_PROTOCOLS,
  type FirewallRule,
  type VeFirewall,
  veFirewall,
} from '../lib/contract/ve-firewall.ts'
import { UNLIMITED_RATE, type VeInterface } from '../lib/contract/ve-interface.ts'
import type { LabHost } from '../lib/lab/lab-state.ts'
import { lowerLab } from '../lib/lab/lower-lab.ts'
import { raiseLab } from '../lib/lab/raise-lab.ts'
import { firewallText } from './host/network/firewall-text.ts'
import { labAgent } from './testing/lab-agent.ts'

/** Numbers from a seed: the same firewalls with each run. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function anyFirewall(next: (below: number) => number): VeFirewall {
  const of = <T>(list: readonly T[]): T => list[next(list.length)] as T
  const many = <T>(most: number, make: () => T): T[] => Array.from({ length: next(most + 1) }, make)
  const byte = () => String(of([0, 1, 10, 127, 192, 224, 255, next(256)]))
  const group = () => of(['0', 'ffff', 'FE80', '2001', next(65_536).toString(16)])
  const v4 = () => [byte(), byte(), byte(), byte()].join('.') + of(['', `/${next(33)}`, '/32', '/0'])
  const v6 = () =>
    of([`${group()}::${group()}`, '::', `::${group()}`, Array.from({ length: 8 }, group).join(':')]) +
    of(['', `/${next(129)}`, '/64'])
  const one = (): FirewallRule => {
    const protocol = of(FIREWALL_PROTOCOLS)
    const six = protocol === 'icmpv6' || (protocol !== 'icmp' && next(2) === 1)
    const port = () => {
      const first = 1 + next(65_535)
      return of([String(first), `${first}-${first + next(65_536 - first)}`, `${first}-65535`])
    }
    return {
      direction: of(FIREWALL_DIRECTIONS),
      action: of(FIREWALL_ACTIONS),
      protocol,
      peers: many(64, six ? v6 : v4),
      ports: FIREWALL_PROTOCOL[protocol].ports ? many(32, port) : [],
      comment: many(100, () => String.fromCharCode(of([next(128), 32 + next(95), next(65_536)])))
        .join('')
        .replace(/[\r\n"\\]/g, '')
        .slice(0, 100),
    }
  }
  return {
    enabled: true,
    policyIn: of(FIREWALL_ACTIONS),
    policyOut: of(FIREWALL_ACTIONS),
    rules: many(20, one),
  }
}

const common = { ifname: 'eth0', addresses: [], rate: UNLIMITED_RATE }
const INTERFACES: VeInterface[] = [
  { kind: 'routed', index: 0, prefixes: [], ...common },
  {
    ...{ kind: 'bridged', index: 1, bridge: 'br0', mac: '02:16:3e:00:00:01', vlan: null },
    ...{ networks: [], gateway4: null, gateway6: null, ...common },
  },
]

test('nftables takes whatever the contract lets through', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'corral-rules-'))
  try {
    const { hosts } = await raiseLab({ dir, hosts: 1, name: 'rules' })
    const host = await labAgent(hosts[0] as LabHost)
    const next = random(20_061_006)
    for (let count = 0; count < 60; count += 1) {
      const firewall = veFirewall.parse(anyFirewall(next))
      await host.run('nft -c -f - 2>&1', firewallText(101, INTERFACES, firewall).text)
    }
    host.close()
  } finally {
    await lowerLab(dir, { erase: true })
    rmSync(dir, { recursive: true, force: true })
  }
})
