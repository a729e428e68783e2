import { expect, test } from 'vitest'
import { FIREWALL_PROTOCOLS, type FirewallRule } from '../../../lib/contract/ve-firewall.ts'
import { commentText, matchText, PROTOCOL_NUMBER } from './firewall-match.ts'

const rule = (change: Partial<FirewallRule>): FirewallRule => ({
  ...{ direction: 'in', action: 'accept', protocol: 'any', peers: [], ports: [], comment: '' },
  ...change,
})

test.each<[string, Partial<FirewallRule>, string]>([
  ['everything', {}, ''],
  ['a protocol', { protocol: 'tcp' }, 'meta l4proto 6'],
  ['a port', { protocol: 'tcp', ports: ['22'] }, 'tcp dport 22'],
  ['a range of ports', { protocol: 'udp', ports: ['8000-8100'] }, 'udp dport 8000-8100'],
  ['ports', { protocol: 'sctp', ports: ['443', '80'] }, 'sctp dport { 80, 443 }'],
  [
    'ports that overlap',
    { protocol: 'tcp', ports: ['80', '20-25', '22', '26', '24-30'] },
    'tcp dport { 20-30, 80 }',
  ],
  ['where it comes from', { peers: ['192.0.2.1'] }, 'ip saddr 192.0.2.1'],
  ['where it goes to', { direction: 'out', peers: ['2001:db8::/32'] }, 'ip6 daddr 2001:db8::/32'],
  [
    'peers and port',
    { peers: ['192.0.2.1'], protocol: 'tcp', ports: ['22'] },
    'ip saddr 192.0.2.1 tcp dport 22',
  ],
  [
    'networks inside of others, once each',
    { peers: ['10.1.2.3', '10.0.0.0/8', '192.0.2.0/24', '10.9.9.9/8', '192.0.2.0/24'] },
    'ip saddr { 10.0.0.0/8, 192.0.2.0/24 }',
  ],
  ['one network in another IPv6 one', { peers: ['2001:db8::1', '2001:DB8::/64'] }, 'ip6 saddr 2001:DB8::/64'],
  ['all of IPv4', { peers: ['0.0.0.0/0', '192.0.2.1'] }, 'meta protocol ip'],
  ['all of IPv6', { peers: ['::/0'], protocol: 'udp', ports: ['53'] }, 'meta protocol ip6 udp dport 53'],
  ['ICMP is of IPv4', { protocol: 'icmp' }, 'meta protocol ip meta l4proto 1'],
  ['ICMPv6 is of IPv6', { protocol: 'icmpv6', peers: ['::/0'] }, 'meta protocol ip6 meta l4proto 58'],
  [
    'ICMP from somewhere',
    { protocol: 'icmp', peers: ['10.0.0.1'] },
    'meta protocol ip ip saddr 10.0.0.1 meta l4proto 1',
  ],
])('%s', (_, change, text) => {
  expect(matchText(rule(change))).toBe(text)
})

test('every protocol but "any" has its number', () => {
  const without = FIREWALL_PROTOCOLS.filter((protocol) => PROTOCOL_NUMBER[protocol] === null)
  expect(without).toEqual(['any'])
})

test('a comment ends nothing but itself', () => {
  expect(commentText('')).toBe('')
  expect(commentText('  ')).toBe('')
  expect(commentText('office: ssh; drop }')).toBe(' comment "office: ssh; drop }"')
  expect(commentText('"; drop\n\\')).toBe(' comment "?; drop??"')
  expect(commentText('ü'.repeat(100))).toBe(` comment "${'?'.repeat(100)}"`)
})
