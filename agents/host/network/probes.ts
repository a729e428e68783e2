/** Whether the host can do it: null, or why not. For facts/capabilities.ts, whose rules these follow. */
import { tail } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** In a network namespace that ends with the program. */
function inPassing(sys: Sys, lines: readonly string[], otherwise: string): string | null {
  const result = sys.run(['unshare', '--net', 'ip', '-batch', '-'], { stdin: `${lines.join('\n')}\n` })
  if (result.code === 0) return null
  const said = result.stderr.trim().split('\n')[0] ?? ''
  return `${otherwise}: ${tail(said)}`
}

const PAIR = 'link add veth0 type veth peer name veth1'
const GUARD = `table netdev probe {
chain guard {
type filter hook ingress device "lo" priority -400; policy drop
arp operation request accept
icmpv6 type nd-neighbor-advert drop
}
}
`

/** Both kinds of interface need a veth pair, and the guard against false senders. */
function pairAndGuard(sys: Sys): string | null {
  const pair = inPassing(sys, [PAIR], 'No veth pair can be made')
  if (pair !== null) return pair
  const { code, stderr } = sys.run(['unshare', '--net', 'nft', '-f', '-'], { stdin: GUARD })
  return code === 0
    ? null
    : `nftables cannot filter where packets come in: ${tail(stderr.trim().split('\n')[0] ?? '')}`
}

export function probeRouted(sys: Sys): string | null {
  return pairAndGuard(sys)
}

const BRIDGE = 'link add br0 type bridge'
const PORT = ['link set veth0 master br0', 'link set veth0 type bridge_slave learning off flood off']

export function probeBridged(sys: Sys): string | null {
  return pairAndGuard(sys) ?? inPassing(sys, [PAIR, BRIDGE, ...PORT], 'No bridge can be made')
}

export function probeVlan(sys: Sys): string | null {
  const filters = 'link set br0 type bridge vlan_filtering 1'
  return probeBridged(sys) ?? inPassing(sys, [BRIDGE, filters], 'Bridges of this kernel do not filter VLANs')
}
