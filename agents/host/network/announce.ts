/**
 * Says on the links where a VE's addresses are now, unasked: who asked a moment too early need not ask again, and who knew the
 * address at another host or card learns better (gratuitous ARP, RFC 5944 4.6; unsolicited neighbour advertisement, RFC 4861 7.2.6).
 */
import type { Started, Sys } from '../sys/sys.ts'
import type { NetworkSpec } from './converge.ts'
import { arp, BROADCAST, ethernet, neighbourAdvert } from './frames.ts'
import { linkLocalOf } from './guard-rules.ts'
import { readRoutes } from './host-network.ts'
import { ipv6Text, isIpv6 } from './ip-numbers.ts'
import { type Route, uplinksFor } from './routes.ts'
import { SEND_FRAMES } from './send-frames.ts'

const NOBODY = '00:00:00:00:00:00'
const ALL_NODES = { mac: '33:33:00:00:00:01', ip: 'ff02::1' }
const ARP = 0x806
const IPV6 = 0x86dd
/** ARPHRD_ETHER in <linux/if_arp.h>. */
const ETHERNET = '1'

/** "`address` is at `mac`"; `link` is who says so, a link-local address of that card. */
export function announcement(address: string, mac: string, link: string | null): string[] {
  if (!isIpv6(address)) {
    const question = arp({ operation: 1, sender: [mac, address], target: [NOBODY, address] })
    return [ethernet(BROADCAST, mac, ARP, question)]
  }
  if (link === null) return []
  return [ethernet(ALL_NODES.mac, mac, IPV6, neighbourAdvert(link, ALL_NODES.ip, address, mac))]
}

/** /proc/net/if_inet6: address, number, prefix length, scope (20 is the link), flags, name. */
function linkLocalAt(sys: Sys, device: string): string | null {
  const lines = (sys.read('/proc/net/if_inet6') ?? '').split('\n').map((line) => line.trim().split(/\s+/))
  const found = lines.find((fields) => fields[3] === '20' && fields[5] === device)
  return found === undefined ? null : ipv6Text(BigInt(`0x${found[0]}`))
}

/** By the host, which answers for routed addresses on its own links. */
function ofRouted(sys: Sys, { interfaces }: NetworkSpec, routes: readonly Route[]): string[] {
  const addresses = interfaces.flatMap((each) => (each.kind === 'routed' ? each.addresses : []))
  return addresses.flatMap((address) =>
    uplinksFor(routes, address).flatMap((uplink) => {
      const about = `/sys/class/net/${uplink}`
      const mac = sys.read(`${about}/address`)?.trim()
      if (mac === undefined || sys.read(`${about}/type`)?.trim() !== ETHERNET) return []
      return announcement(address, mac, linkLocalAt(sys, uplink)).map((frame) => `${uplink} ${frame}`)
    }),
  )
}

/** From the VE's own end, so that the switches on the way learn it too. */
function ofBridged({ interfaces }: NetworkSpec): string[] {
  return interfaces.flatMap((each) =>
    each.kind === 'routed'
      ? []
      : each.addresses.flatMap((address) =>
          announcement(address, each.mac, linkLocalOf(each.mac)).map((frame) => `${each.ifname} ${frame}`),
        ),
  )
}

const SEND = ['perl', '-e', SEND_FRAMES]

const start = (sys: Sys, argv: readonly string[], lines: readonly string[]) =>
  lines.length === 0 ? [] : [sys.start(argv, { stdin: `${lines.join('\n')}\n` })]

/** Of a VE that is not there yet, as far as that can be: what is then sent to it comes to this host already. */
export function startAnnouncingRouted(sys: Sys, spec: NetworkSpec): Started[] {
  return spec.namespaces.includes('network') ? start(sys, SEND, ofRouted(sys, spec, readRoutes(sys))) : []
}

/** Beside what its caller does until it waits; that it could not be said is no failure. */
export function startAnnouncing(sys: Sys, spec: NetworkSpec, initPid: number): Started[] {
  if (!spec.namespaces.includes('network')) return []
  return [
    ...startAnnouncingRouted(sys, spec),
    ...start(sys, ['nsenter', '-t', String(initPid), '-n', ...SEND], ofBridged(spec)),
  ]
}
