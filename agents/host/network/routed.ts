/**
 * Routed interfaces, as OpenVZ's venet: the host routes each address to the VE and answers for it on its own link. The two ends
 * of the veth pair share no subnet with anybody; the gateway is link-local, 169.254.1.1 and fe80::1 on the host's end.
 */
import { ARCH, archFromUname } from '../../../lib/contract/arch.ts'
import type { VeInterface } from '../../../lib/contract/ve-interface.ts'
import { machineOf } from '../facts/machine.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import type { NetworkDriver } from './driver.ts'
import { filterTable, filterText } from './ipv6-filter.ts'
import { parseIpv4Routes, parseIpv6Routes, type Route, uplinksFor } from './routes.ts'

const GATEWAY = '169.254.1.1'
const GATEWAY6 = 'fe80::1'
const IPV4_SYSCTL = '/proc/sys/net/ipv4'
const IPV6_SYSCTL = '/proc/sys/net/ipv6'

/** The host's end: at most 15 characters, which the largest veid and 16 interfaces fit. */
export function hostEnd(veid: number, index: number): string {
  return `ve${veid}.${index}`
}

const isIpv6 = (address: string) => address.includes(':')
const host = (address: string) => `${address}/${isIpv6(address) ? 128 : 32}`

type Plan = {
  /** Lines for `ip -batch` on the host and inside. */
  outside: string[]
  inside: string[]
  ipv6: boolean
}

/** What to tell ip(8), in order. Pure. */
export function planRouted(
  veid: number,
  initPid: number,
  interfaces: readonly VeInterface[],
  routes: readonly Route[],
): Plan {
  const outside: string[] = []
  const inside = ['link set lo up']
  const addresses = interfaces.flatMap((each) => each.addresses)
  interfaces.forEach(({ ifname, addresses: own }, index) => {
    const end = hostEnd(veid, index)
    outside.push(
      `link add ${end} type veth peer name ${ifname} netns ${initPid}`,
      `addr add ${GATEWAY}/32 dev ${end} scope link`,
    )
    if (own.some(isIpv6)) outside.push(`addr add ${GATEWAY6}/64 dev ${end} nodad`)
    outside.push(`link set ${end} up`)
    for (const address of own) {
      outside.push(`route add ${host(address)} dev ${end}`)
      for (const uplink of uplinksFor(routes, address)) {
        outside.push(`neigh replace proxy ${address} dev ${uplink}`)
      }
      inside.push(`addr add ${host(address)} dev ${ifname}${isIpv6(address) ? ' nodad' : ''}`)
    }
    inside.push(`link set ${ifname} up`)
  })
  inside.push(...defaultRoutes(interfaces))
  return { outside, inside, ipv6: addresses.some(isIpv6) }
}

/** Through the first interface that has an address of that family. */
function defaultRoutes(interfaces: readonly VeInterface[]): string[] {
  const first = (ipv6: boolean) =>
    interfaces.find((each) => each.addresses.some((address) => isIpv6(address) === ipv6))?.ifname
  const ipv4 = first(false)
  const ipv6 = first(true)
  return [
    ...(ipv4 === undefined
      ? []
      : [`route add ${GATEWAY} dev ${ipv4} scope link`, `route add default via ${GATEWAY} dev ${ipv4}`]),
    ...(ipv6 === undefined ? [] : [`route add ::/0 via ${GATEWAY6} dev ${ipv6}`]),
  ]
}

function set(sys: Sys, path: string, value: string): void {
  const current = sys.read(path)
  if (current !== null && current.trim() !== value) sys.write(path, value)
}

/**
 * The host has to forward, and to answer for a VE's address at once: by default the kernel delays such answers up to 0.8 s.
 * With IPv6 forwarding an interface ignores router advertisements unless told to keep accepting them.
 */
function prepareHost(sys: Sys, uplinks: readonly string[], ipv6: boolean): void {
  set(sys, `${IPV4_SYSCTL}/ip_forward`, '1')
  for (const uplink of uplinks) {
    set(sys, `${IPV4_SYSCTL}/neigh/${uplink}/proxy_delay`, '0')
    if (!ipv6) continue
    set(sys, `${IPV6_SYSCTL}/neigh/${uplink}/proxy_delay`, '0')
    set(sys, `${IPV6_SYSCTL}/conf/${uplink}/proxy_ndp`, '1')
    if (sys.read(`${IPV6_SYSCTL}/conf/${uplink}/accept_ra`)?.trim() === '1') {
      set(sys, `${IPV6_SYSCTL}/conf/${uplink}/accept_ra`, '2')
    }
  }
  if (ipv6) set(sys, `${IPV6_SYSCTL}/conf/all/forwarding`, '1')
}

/** A VE sends from its own addresses only: strict reverse path for IPv4; for IPv6 a filter, or nothing at all passes. */
function guardSources(sys: Sys, veid: number, interfaces: readonly VeInterface[]): void {
  interfaces.forEach((each, index) => {
    const end = hostEnd(veid, index)
    set(sys, `${IPV4_SYSCTL}/conf/${end}/rp_filter`, '1')
    if (!each.addresses.some(isIpv6)) set(sys, `${IPV6_SYSCTL}/conf/${end}/disable_ipv6`, '1')
  })
  const filter = filterText(veid, interfaces)
  if (filter !== null) mustRun(sys, ['nft', '-f', '-'], { stdin: filter })
}

function isBigEndian(sys: Sys): boolean {
  const arch = archFromUname(machineOf(sys))
  return arch !== null && ARCH[arch].byteOrder === 'big'
}

function hostRoutes(sys: Sys): Route[] {
  return [
    ...parseIpv4Routes(sys.read('/proc/net/route') ?? '', isBigEndian(sys)),
    ...parseIpv6Routes(sys.read('/proc/net/ipv6_route') ?? ''),
  ]
}

const attach: NetworkDriver['attach'] = (sys, spec, initPid) => {
  const routes = hostRoutes(sys)
  const { outside, inside, ipv6 } = planRouted(spec.veid, initPid, spec.interfaces, routes)
  const addresses = spec.interfaces.flatMap((each) => each.addresses)
  if (addresses.length > 0) {
    prepareHost(sys, [...new Set(addresses.flatMap((address) => uplinksFor(routes, address)))], ipv6)
  }
  if (outside.length > 0) {
    mustRun(sys, ['ip', '-batch', '-'], { stdin: `${outside.join('\n')}\n` })
    guardSources(sys, spec.veid, spec.interfaces)
  }
  // Not -U: the host's root sets it up, whatever the VE's own root may do there.
  mustRun(sys, ['nsenter', '-t', String(initPid), '-n', 'ip', '-batch', '-'], {
    stdin: `${inside.join('\n')}\n`,
  })
}

const detach: NetworkDriver['detach'] = (sys, veid, interfaces) => {
  const routes = hostRoutes(sys)
  const lines = interfaces.flatMap(({ addresses }) =>
    addresses.flatMap((address) =>
      uplinksFor(routes, address).map((uplink) => `neigh del proxy ${address} dev ${uplink}`),
    ),
  )
  interfaces.forEach((_, index) => {
    if (sys.stat(`/sys/class/net/${hostEnd(veid, index)}`) !== null) {
      lines.push(`link del ${hostEnd(veid, index)}`)
    }
  })
  // What has gone already is no error here: -force goes on with the next line.
  if (lines.length > 0) sys.run(['ip', '-force', '-batch', '-'], { stdin: `${lines.join('\n')}\n` })
  if (filterText(veid, interfaces) !== null) sys.run(['nft', 'delete', 'table', 'inet', filterTable(veid)])
}

export const routed: NetworkDriver = {
  attach,
  detach,
  hasTraces: (sys, veid) => sys.stat(`/sys/class/net/${hostEnd(veid, 0)}`) !== null,
}
