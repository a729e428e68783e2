/** What a VE may not be given on this host, each with the field it is about: looked at before anything is changed. */
import { Problem } from '../../../lib/contract/problem.ts'
import type { ProblemCode } from '../../../lib/contract/problem-kinds.ts'
import {
  type BridgedInterface,
  defaultRouteOf,
  type VeInterface,
} from '../../../lib/contract/ve-interface.ts'
import type { Sys } from '../sys/sys.ts'
import type { HostNetwork } from './host-network.ts'
import { isHostEnd } from './interface-plan.ts'
import { ipNumber, isIpv6, type Network, networkAround, overlap, parseNetwork } from './ip-numbers.ts'

type Refusal = { code: ProblemCode; field: string; text: string }
type Asked = { veid: number; interfaces: readonly VeInterface[] }

/** Throws `invalid-input` or `address-taken`. */
export function refuseImpossible(sys: Sys, asked: Asked, host: HostNetwork): void {
  const refusals = [
    ...twice(asked.interfaces),
    ...secondWayOut(asked.interfaces),
    ...asked.interfaces.flatMap((each, at) => [
      ...each.addresses.flatMap((address, nth) =>
        ofAddress(address, `${at}.addresses.${nth}`, asked.veid, host),
      ),
      ...(each.kind === 'routed'
        ? each.prefixes.flatMap((prefix, nth) => ofPrefix(prefix, `${at}.prefixes.${nth}`, asked.veid, host))
        : ofBridged(sys, each, at)),
    ]),
  ]
  const [first] = refusals
  if (first === undefined) return
  const fields = Object.fromEntries(refusals.map(({ field, text }) => [`spec.interfaces.${field}`, text]))
  throw new Problem(first.code, first.text, { fields })
}

const invalid = (field: string, text: string): Refusal => ({ code: 'invalid-input', field, text })
const taken = (field: string, text: string): Refusal => ({ code: 'address-taken', field, text })

function twice(interfaces: readonly VeInterface[]): Refusal[] {
  const seen = new Set<string>()
  const once = (what: string, field: string) => {
    if (seen.has(what)) return [invalid(field, `${what} is there twice.`)]
    seen.add(what)
    return []
  }
  return interfaces.flatMap((each, at) => [
    ...once(`Interface number ${each.index}`, `${at}.index`),
    ...once(`Interface ${each.ifname}`, `${at}.ifname`),
    ...(each.kind === 'bridged' ? once(`Hardware address ${each.mac}`, `${at}.mac`) : []),
    ...each.addresses.flatMap((address, nth) =>
      once(`Address ${isIpv6(address) ? address.toLowerCase() : address}`, `${at}.addresses.${nth}`),
    ),
  ])
}

function secondWayOut(interfaces: readonly VeInterface[]): Refusal[] {
  return [false, true].flatMap((ipv6) => {
    const { conflict } = defaultRouteOf(interfaces, ipv6)
    if (conflict === null) return []
    const [first, second] = conflict
    const at = interfaces.findIndex(({ ifname }) => ifname === first)
    const text = `Both ${first} and ${second} would lead the default route of IPv${ipv6 ? 6 : 4}: leave the gateway of one empty.`
    return [invalid(`${at}.gateway${ipv6 ? 6 : 4}`, text)]
  })
}

/** Networks that are no single machine's: RFC 6890, RFC 4291. */
const NOBODYS = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/3',
  '::/127',
  'fe80::/10',
  'ff00::/8',
].map(parseNetwork)

function ofAddress(address: string, field: string, veid: number, host: HostNetwork): Refusal[] {
  const own = parseNetwork(address)
  if (NOBODYS.some((range) => overlap(range, own))) {
    return [invalid(field, `${address} cannot be the address of a VE.`)]
  }
  return ofHost(own, address, field, veid, host)
}

function ofPrefix(prefix: string, field: string, veid: number, host: HostNetwork): Refusal[] {
  const own = parseNetwork(prefix)
  if (own.length === 0 || NOBODYS.some((range) => overlap(range, own))) {
    return [invalid(field, `${prefix} cannot be routed to a VE.`)]
  }
  const link = host.routes.find(
    (route) =>
      route.bits === 128 &&
      route.gateway === null &&
      route.prefix > 0 &&
      route.device !== 'lo' &&
      !isHostEnd(route.device) &&
      overlap(asNetwork(route), own),
  )
  if (link !== undefined) {
    return [invalid(field, `${prefix} is on the link of ${link.device}: it has to be routed to the host.`)]
  }
  return ofHost(own, prefix, field, veid, host)
}

const asNetwork = (route: { bits: 32 | 128; destination: bigint; prefix: number }): Network => ({
  bits: route.bits,
  number: route.destination,
  length: route.prefix,
})

/** The host's own, its routers', and what the host routes to another VE. */
function ofHost(own: Network, name: string, field: string, veid: number, host: HostNetwork): Refusal[] {
  const single = (number: bigint): Network => ({ bits: own.bits, number, length: own.bits })
  const local = own.bits === 32 ? host.local4 : host.local6
  if ([...local].some((number) => overlap(own, single(number)))) {
    return [taken(field, `${name} is an address of the host itself.`)]
  }
  const routes = host.routes.filter(({ bits }) => bits === own.bits)
  const router = routes.find(
    ({ gateway, device }) => gateway !== null && !isHostEnd(device) && overlap(own, single(gateway)),
  )
  if (router !== undefined)
    return [taken(field, `${name} is the router that the host sends by (${router.device}).`)]
  const other = routes.find(
    (route) =>
      isHostEnd(route.device) &&
      !route.device.startsWith(`ve${veid}.`) &&
      route.prefix > 0 &&
      overlap(own, asNetwork(route)),
  )
  return other === undefined || isLinkLocal(other)
    ? []
    : [taken(field, `VE ${other.device.slice(2).split('.')[0]} on this host has ${name}.`)]
}

const isLinkLocal = (route: { bits: 32 | 128; destination: bigint; prefix: number }) =>
  NOBODYS.some((range) => overlap(range, asNetwork(route)))

function ofBridged(sys: Sys, each: BridgedInterface, at: number): Refusal[] {
  const { bridge, vlan } = each
  if (sys.stat(`/sys/class/net/${bridge}/bridge`) === null) {
    return [invalid(`${at}.bridge`, `There is no bridge ${bridge} on this host.`)]
  }
  const filtering = sys.read(`/sys/class/net/${bridge}/bridge/vlan_filtering`)?.trim() === '1'
  return [
    ...(vlan !== null && !filtering
      ? [
          invalid(
            `${at}.vlan`,
            `Bridge ${bridge} does not filter VLANs: ip link set ${bridge} type bridge vlan_filtering 1.`,
          ),
        ]
      : []),
    ...each.addresses.flatMap((address, nth) => ofLink(each, address, `${at}.addresses.${nth}`)),
  ]
}

function ofLink(
  { gateway4, gateway6, networks }: BridgedInterface,
  address: string,
  field: string,
): Refusal[] {
  const number = ipNumber(address)
  const gateway = isIpv6(address) ? gateway6 : gateway4
  if (gateway !== null && ipNumber(gateway) === number) return [taken(field, `${address} is the gateway.`)]
  const around = networkAround(address, networks)
  if (around === null || around.bits === 128 || around.length > 30) return []
  const last = around.number + (1n << BigInt(32 - around.length)) - 1n
  return number === around.number || number === last
    ? [invalid(field, `${address} is the first or last of its network, which is nobody’s.`)]
    : []
}
