import { expect, test } from 'vitest'
import { type FirewallRule, NO_FIREWALL, type VeFirewall } from '../../../lib/contract/ve-firewall.ts'
import { UNLIMITED_RATE, type VeInterface } from '../../../lib/contract/ve-interface.ts'
import { emptyTableText, tableLines } from './firewall-tables.ts'
import { familiesOf, firewallText } from './firewall-text.ts'

const common = { ifname: 'eth0', addresses: [], rate: UNLIMITED_RATE }
const routed = (index: number): VeInterface => ({ kind: 'routed', index, prefixes: [], ...common })
const bridged = (index: number, bridge = 'br0'): VeInterface => ({
  ...{ kind: 'bridged', index, bridge, mac: '02:16:3e:00:00:01', vlan: null, networks: [] },
  ...{ gateway4: null, gateway6: null, ...common },
})
const rule = (change: Partial<FirewallRule>): FirewallRule => ({
  ...{ direction: 'in', action: 'accept', protocol: 'any', peers: [], ports: [], comment: '' },
  ...change,
})
const RULES: VeFirewall = {
  enabled: true,
  policyIn: 'drop',
  policyOut: 'reject',
  rules: [
    rule({ protocol: 'tcp', ports: ['22'], comment: 'ssh' }),
    rule({ direction: 'out', action: 'drop', peers: ['192.0.2.0/24'] }),
    rule({ action: 'reject', protocol: 'udp' }),
  ],
}

/** What it says of this VE's chains, in this family. */
function chainRules(text: string, chain: string): string[] {
  const start = `add rule ${chain} `
  return text.split('\n').flatMap((line) => (line.startsWith(start) ? [line.slice(start.length)] : []))
}

test('routed: rules in order, then the policy', () => {
  const { text } = firewallText(101, [routed(0)], RULES)
  expect(chainRules(text, 'inet corral-firewall ve101-in')).toEqual([
    'jump basics',
    'tcp dport 22 return comment "ssh"',
    'meta l4proto 17 goto refuse',
    'drop',
  ])
  expect(chainRules(text, 'inet corral-firewall ve101-out')).toEqual([
    'jump basics',
    'ip daddr 192.0.2.0/24 drop',
    'goto refuse',
  ])
  expect(text).not.toContain('table bridge')
})

test('bridged: the same rules by port, and the connections are marked as its own', () => {
  const { text } = firewallText(101, [bridged(1)], RULES)
  expect(chainRules(text, 'bridge corral-firewall ve101-in')).toEqual([
    'meta mark set meta mark or 0x08000000',
    'jump basics',
    'tcp dport 22 return comment "ssh"',
    'meta l4proto 17 goto refuse',
    'drop',
  ])
  expect(text).toContain('add element inet corral-firewall bridges { "br0" }')
})

test('only the host’s ends that it has lead to its chains', () => {
  const { text } = firewallText(101, [routed(0), bridged(2), routed(3)], RULES)
  const deleted = (map: string) =>
    new RegExp(`^delete element ${map} {(.*)}$`, 'm').exec(text)?.[1]?.match(/ve101\.\d+/g) ?? []
  expect(deleted('inet corral-firewall in')).toHaveLength(14)
  expect(deleted('inet corral-firewall in')).not.toContain('ve101.0')
  expect(deleted('inet corral-firewall out')).not.toContain('ve101.3')
  expect(deleted('bridge corral-firewall out')).toHaveLength(15)
  expect(deleted('bridge corral-firewall out')).not.toContain('ve101.2')
})

test('each line with a rule is known as that rule’s, in both families', () => {
  const { text, ruleOf } = firewallText(101, [routed(0), bridged(1)], RULES)
  const lines = text.split('\n')
  const named = [...ruleOf].map(([line, index]) => [index, lines[line - 1]?.split(' ').slice(4).join(' ')])
  expect(named).toEqual([
    [0, 've101-in tcp dport 22 return comment "ssh"'],
    [2, 've101-in meta l4proto 17 goto refuse'],
    [1, 've101-out ip daddr 192.0.2.0/24 drop'],
    [0, 've101-in tcp dport 22 return comment "ssh"'],
    [2, 've101-in meta l4proto 17 goto refuse'],
    [1, 've101-out ip daddr 192.0.2.0/24 drop'],
  ])
})

test('the families that it needs', () => {
  expect(familiesOf([routed(0)], RULES)).toEqual(['inet'])
  expect(familiesOf([routed(0), bridged(1)], RULES)).toEqual(['inet', 'bridge'])
  expect(familiesOf([], RULES)).toEqual([])
  expect(familiesOf([bridged(0)], NO_FIREWALL)).toEqual([])
})

test('switched off, it goes from the families where it may be, and from no other', () => {
  const { text, ruleOf } = firewallText(101, [routed(0)], { ...RULES, enabled: false }, ['inet'])
  expect(text).toContain('delete chain inet corral-firewall ve101-in\n')
  expect(text).toContain('delete chain inet corral-firewall ve101-out\n')
  expect(chainRules(text, 'inet corral-firewall ve101-in')).toEqual([])
  expect(text).not.toContain('table bridge')
  expect([...ruleOf]).toEqual([])
  expect(firewallText(101, [routed(0)], NO_FIREWALL).text.trim()).toBe('')
})

test('from a bridge to routed: nothing stays on the bridge', () => {
  const { text } = firewallText(101, [routed(0)], RULES, ['inet', 'bridge'])
  expect(text).toContain('delete chain bridge corral-firewall ve101-in\n')
  expect(chainRules(text, 'inet corral-firewall ve101-in')).toHaveLength(4)
})

test('the shared table is made, not replaced: other VEs are in it', () => {
  for (const family of ['inet', 'bridge'] as const) {
    expect(tableLines(family).filter((line) => /^(delete|destroy|flush (table|ruleset))/.test(line))).toEqual(
      [],
    )
  }
  expect(emptyTableText('inet').split('\n')[0]).toBe('delete chain inet corral-firewall basics')
})
