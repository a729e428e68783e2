/** The host's own place in the network, read from the kernel without a program. */
import { ARCH, archFromUname } from '../../../lib/contract/arch.ts'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { machineOf } from '../facts/machine.ts'
import { set } from '../sys/settings.ts'
import type { Sys } from '../sys/sys.ts'
import type { BridgeFacts } from './bridged.ts'
import { isIpv6, parseNetwork } from './ip-numbers.ts'
import { parseIpv4Routes, parseIpv6Routes, type Route, uplinksFor } from './routes.ts'

export type HostNetwork = {
  routes: Route[]
  /** The host's own addresses. */
  local4: ReadonlySet<bigint>
  local6: ReadonlySet<bigint>
}

const IPV4_SYSCTL = '/proc/sys/net/ipv4'
const IPV6_SYSCTL = '/proc/sys/net/ipv6'

const LEAF = '|-- '

/** /proc/net/fib_trie: a line with an address ("|-- 192.0.2.1"), then lines with what it is ("/32 host LOCAL"). */
export function parseLocalIpv4(text: string): Set<bigint> {
  const found = new Set<bigint>()
  let address = ''
  for (const line of text.split('\n')) {
    const leaf = line.indexOf(LEAF)
    if (leaf >= 0) address = line.slice(leaf + LEAF.length).trimEnd()
    else if (line.includes('/32 host LOCAL')) found.add(parseNetwork(address).number)
  }
  return found
}

/** /proc/net/if_inet6: 32 hexadecimal digits begin each line. */
export function parseLocalIpv6(text: string): Set<bigint> {
  return new Set((text.match(/^[0-9a-f]{32}/gm) ?? []).map((digits) => BigInt(`0x${digits}`)))
}

function isBigEndian(sys: Sys): boolean {
  const arch = archFromUname(machineOf(sys))
  return arch !== null && ARCH[arch].byteOrder === 'big'
}

export function readRoutes(sys: Sys): Route[] {
  return [
    ...parseIpv4Routes(sys.read('/proc/net/route') ?? '', isBigEndian(sys)),
    ...parseIpv6Routes(sys.read('/proc/net/ipv6_route') ?? ''),
  ]
}

export function readHostNetwork(sys: Sys): HostNetwork {
  return {
    routes: readRoutes(sys),
    local4: parseLocalIpv4(sys.read('/proc/net/fib_trie') ?? ''),
    local6: parseLocalIpv6(sys.read('/proc/net/if_inet6') ?? ''),
  }
}

export function readBridge(sys: Sys, bridge: string): BridgeFacts {
  const number = (name: string) => Number(sys.read(`/sys/class/net/${bridge}/${name}`) ?? 0)
  const filters = number('bridge/vlan_filtering') === 1
  return {
    defaultVlan: filters ? number('bridge/default_pvid') || null : null,
    mtu: number('mtu') || 1500,
  }
}

/**
 * For routed interfaces the host has to forward, and to answer for a VE's address at once: by default the kernel delays such answers up
 * to 0.8 s. With IPv6 forwarding an interface ignores router advertisements unless told to keep accepting them.
 */
export function prepareHost(sys: Sys, interfaces: readonly VeInterface[], { routes }: HostNetwork): void {
  const own = interfaces.flatMap((each) =>
    each.kind === 'routed' ? [...each.addresses, ...each.prefixes] : [],
  )
  if (own.length === 0) return
  set(sys, `${IPV4_SYSCTL}/ip_forward`, '1')
  const ipv6 = own.some(isIpv6)
  for (const uplink of new Set(own.flatMap((address) => uplinksFor(routes, address)))) {
    set(sys, `${IPV4_SYSCTL}/neigh/${uplink}/proxy_delay`, '0')
    if (ipv6) prepareIpv6(sys, uplink)
  }
  if (ipv6) set(sys, `${IPV6_SYSCTL}/conf/all/forwarding`, '1')
}

function prepareIpv6(sys: Sys, uplink: string): void {
  set(sys, `${IPV6_SYSCTL}/neigh/${uplink}/proxy_delay`, '0')
  set(sys, `${IPV6_SYSCTL}/conf/${uplink}/proxy_ndp`, '1')
  if (sys.read(`${IPV6_SYSCTL}/conf/${uplink}/accept_ra`)?.trim() === '1') {
    set(sys, `${IPV6_SYSCTL}/conf/${uplink}/accept_ra`, '2')
  }
}
