/** Firewall of a VE: kept on the host, where the VE's root cannot undo it. Rules are tried in order, the first that fits decides. */
import * as z from 'zod/mini'
import { cidr, ipAddress } from './names.ts'

export const FIREWALL_ACTIONS = ['accept', 'drop', 'reject'] as const
export type FirewallAction = (typeof FIREWALL_ACTIONS)[number]

export const FIREWALL_DIRECTIONS = ['in', 'out'] as const
export type FirewallDirection = (typeof FIREWALL_DIRECTIONS)[number]

/** `ports`: whether rules for it may name ports (as nftables' own "th" does for these). */
export const FIREWALL_PROTOCOL = {
  any: { label: 'Any', ports: false },
  tcp: { label: 'TCP', ports: true },
  udp: { label: 'UDP', ports: true },
  sctp: { label: 'SCTP', ports: true },
  icmp: { label: 'ICMP', ports: false },
  icmpv6: { label: 'ICMPv6', ports: false },
  gre: { label: 'GRE', ports: false },
  esp: { label: 'ESP', ports: false },
} as const satisfies Record<string, { label: string; ports: boolean }>
export type FirewallProtocol = keyof typeof FIREWALL_PROTOCOL
export const FIREWALL_PROTOCOLS = Object.keys(FIREWALL_PROTOCOL) as [FirewallProtocol, ...FirewallProtocol[]]

/** "22" or "8000-8100". */
export const portRange = z.string().check(
  z.regex(/^\d{1,5}(-\d{1,5})?$/, 'A port or a range, such as 22 or 8000-8100.'),
  z.refine((text) => {
    const [first = 0, last = first] = text.split('-').map(Number)
    return first >= 1 && last <= 65_535 && first <= last
  }, 'Ports go from 1 to 65535, the lower one first.'),
)

const place = z.union([cidr, ipAddress], 'An address or a network, such as 192.0.2.0/24.')

export const firewallRule = z
  .object({
    direction: z.enum(FIREWALL_DIRECTIONS),
    action: z.enum(FIREWALL_ACTIONS),
    protocol: z.enum(FIREWALL_PROTOCOLS),
    /** The other side: where it comes from (in) or goes to (out). Empty: anywhere. All of one family. */
    peers: z.array(place).check(z.maxLength(64, 'At most 64.')),
    /** Ports at the destination. Empty: any. */
    ports: z.array(portRange).check(z.maxLength(32, 'At most 32.')),
    comment: z
      .string()
      .check(
        z.maxLength(100, 'At most 100 characters.'),
        z.regex(/^[^\r\n"\\]*$/, 'No line breaks, quotes or backslashes.'),
      ),
  })
  .check(
    z.refine((rule) => rule.ports.length === 0 || FIREWALL_PROTOCOL[rule.protocol].ports, {
      error: 'Only TCP, UDP and SCTP have ports.',
      path: ['ports'],
    }),
    z.refine((rule) => new Set(rule.peers.map((peer) => peer.includes(':'))).size < 2, {
      error: 'IPv4 and IPv6 need a rule each.',
      path: ['peers'],
    }),
    z.refine((rule) => rule.protocol !== 'icmp' || !rule.peers.some((peer) => peer.includes(':')), {
      error: 'ICMP is of IPv4: these addresses are of IPv6.',
      path: ['peers'],
    }),
    z.refine((rule) => rule.protocol !== 'icmpv6' || rule.peers.every((peer) => peer.includes(':')), {
      error: 'ICMPv6 is of IPv6: these addresses are of IPv4.',
      path: ['peers'],
    }),
  )
export type FirewallRule = z.infer<typeof firewallRule>

export const FIREWALL_RULES_MAX = 500

/** What a host gets: rule sets already laid out. What no rule fits meets the policy; answers to what was let through always pass. */
export const veFirewall = z.object({
  enabled: z.boolean(),
  policyIn: z.enum(FIREWALL_ACTIONS),
  policyOut: z.enum(FIREWALL_ACTIONS),
  rules: z.array(firewallRule).check(z.maxLength(FIREWALL_RULES_MAX, 'At most 500 rules.')),
})
export type VeFirewall = z.infer<typeof veFirewall>

export const NO_FIREWALL: VeFirewall = { enabled: false, policyIn: 'accept', policyOut: 'accept', rules: [] }
