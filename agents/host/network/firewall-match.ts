/** One rule of a VE's firewall as nft(8) says it. The same words fit the families "inet" and "bridge". */
import {
  FIREWALL_PROTOCOL,
  type FirewallProtocol,
  type FirewallRule,
} from '../../../lib/contract/ve-firewall.ts'
import { overlap, parseNetwork } from './ip-numbers.ts'

/** Numbers (IANA's): names would need /etc/protocols on the host. Null: whatever it is. */
export const PROTOCOL_NUMBER: Record<FirewallProtocol, number | null> = {
  any: null,
  tcp: 6,
  udp: 17,
  sctp: 132,
  icmp: 1,
  icmpv6: 58,
  gre: 47,
  esp: 50,
}

/** What a rule fits; empty for everything. */
export function matchText({ direction, protocol, peers, ports }: FirewallRule): string {
  return [
    family(protocol, peers),
    peerText(peers, direction === 'in' ? 'saddr' : 'daddr'),
    protocolText(protocol, ports),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

/** ICMP's numbers mean nothing in the other family. */
function family(protocol: FirewallProtocol, peers: readonly string[]): string {
  if (protocol === 'icmp') return 'meta protocol ip'
  if (protocol === 'icmpv6') return 'meta protocol ip6'
  if (!peers.some((peer) => parseNetwork(peer).length === 0)) return ''
  return `meta protocol ${ipWord(peers)}`
}

const ipWord = (peers: readonly string[]) => (peers.some((peer) => peer.includes(':')) ? 'ip6' : 'ip')

/** A set of nftables takes no network twice: of two that overlap, one holds the other. */
function peerText(peers: readonly string[], side: 'saddr' | 'daddr'): string {
  const networks = peers.map((text) => ({ text, network: parseNetwork(text) }))
  networks.sort((a, b) => a.network.length - b.network.length)
  const kept: typeof networks = []
  for (const each of networks) {
    if (!kept.some(({ network }) => overlap(network, each.network))) kept.push(each)
  }
  // All addresses of a family: named already, and no element of a set.
  if (kept.some(({ network }) => network.length === 0)) return ''
  return kept.length === 0 ? '' : `${ipWord(peers)} ${side} ${oneOf(kept.map(({ text }) => text))}`
}

function protocolText(protocol: FirewallProtocol, ports: readonly string[]): string {
  if (FIREWALL_PROTOCOL[protocol].ports && ports.length > 0)
    return `${protocol} dport ${oneOf(mergePorts(ports))}`
  const number = PROTOCOL_NUMBER[protocol]
  return number === null ? '' : `meta l4proto ${number}`
}

/** Ranges that touch or overlap are one: sets take no port twice. */
function mergePorts(ports: readonly string[]): string[] {
  const ranges = ports.map((text) => {
    const [first = 0, last = first] = text.split('-').map(Number)
    return { first, last }
  })
  ranges.sort((a, b) => a.first - b.first)
  const merged: typeof ranges = []
  for (const range of ranges) {
    const before = merged[merged.length - 1]
    if (before === undefined || range.first > before.last + 1) merged.push({ ...range })
    else before.last = Math.max(before.last, range.last)
  }
  return merged.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
}

const oneOf = (elements: readonly string[]) =>
  elements.length === 1 ? (elements[0] ?? '') : `{ ${elements.join(', ')} }`

/** For whoever reads the host's ruleset. nft takes 128 bytes and ends a string at a quote. */
export function commentText(comment: string): string {
  const plain = comment.replace(/[^ -~]|["\\]/g, '?')
  return plain.trim() === '' ? '' : ` comment "${plain}"`
}
