/** Whether the host can filter, and limit rates: null, or why not. For facts/capabilities.ts, whose rules these follow. */
import { tail } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { bridgeFilterReason } from './firewall-bridges.ts'
import { tableLines } from './firewall-tables.ts'
import { bucketWords } from './rate-plan.ts'

/** In a network namespace that ends with the program. */
function inPassing(
  sys: Sys,
  argv: readonly string[],
  lines: readonly string[],
  otherwise: string,
): string | null {
  const result = sys.run(['unshare', '--net', ...argv], { stdin: `${lines.join('\n')}\n` })
  return result.code === 0 ? null : `${otherwise}: ${tail(result.stderr.trim().split('\n')[0] ?? '')}`
}

const NFT = ['nft', '-f', '-']

export function probeFirewall(sys: Sys): string | null {
  return inPassing(sys, NFT, tableLines('inet'), 'nftables cannot filter by connection')
}

export function probeFirewallBridged(sys: Sys): string | null {
  return (
    probeFirewall(sys) ??
    inPassing(sys, NFT, tableLines('bridge'), 'nftables cannot filter on bridges') ??
    bridgeFilterReason(sys)
  )
}

const DETOUR = [
  'table netdev probe {',
  'chain out {',
  'type filter hook ingress device "lo" priority 1000',
  'fwd to "lo"',
  '}',
  '}',
]

export function probeRate(sys: Sys): string | null {
  return (
    inPassing(
      sys,
      ['tc', '-batch', '-'],
      [`qdisc replace dev lo root ${bucketWords(1_000_000)}`],
      'The kernel has no token bucket (sch_tbf)',
    ) ??
    inPassing(sys, ['ip', '-batch', '-'], ['link add type ifb'], 'The kernel has no ifb devices') ??
    inPassing(sys, NFT, DETOUR, 'nftables cannot forward between devices (nft_fwd_netdev)')
  )
}
