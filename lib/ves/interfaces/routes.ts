/** Link, networks and default routes of a VE's interfaces. Pure. */
import type { Assignment } from '../../addresses/assign.ts'
import { ipNumber, isInNetwork } from '../../addresses/ip-number.ts'
import { Problem } from '../../contract/problem.ts'
import { defaultRouteOf, type InterfaceKind, isIpv6 } from '../../contract/ve-interface.ts'
import { isNetwork } from '../spec.ts'

export type Routed = {
  ifname: string
  kind: InterfaceKind
  /** Delegated networks among them. */
  addresses: readonly string[]
  gateway4: string | null
  gateway6: string | null
}

/** An interface that the VE has beside the one in question. */
export type Present = Routed & { index: number; mac: string | null }

type Gateways = { gateway4: string | null; gateway6: string | null }
const FAMILIES = [
  { name: 'IPv4', field: 'gateway4', ipv6: false },
  { name: 'IPv6', field: 'gateway6', ipv6: true },
] as const

/** The bridge and VLAN that all the pools of a bridged interface lie on. Throws `invalid-input`. */
export function linkOf(
  assigned: readonly Assignment[],
  prefix: string,
): { bridge: string | null; vlan: number | null } {
  const [first] = assigned
  if (!first)
    throw wrong(
      `${prefix}addresses`,
      'Choose an address or a pool: a bridged interface lies on the bridge of its pool.',
    )
  const { bridge, vlan } = first.pool
  refuseOtherLink(assigned, { bridge, vlan }, prefix)
  return { bridge, vlan }
}

export function refuseOtherLink(
  assigned: readonly Assignment[],
  link: { bridge: string | null; vlan: number | null },
  prefix: string,
): void {
  const other = assigned.find(({ pool }) => pool.bridge !== link.bridge || pool.vlan !== link.vlan)
  if (other)
    throw wrong(
      `${prefix}addresses`,
      `${other.address} is of a pool on another bridge or VLAN than the interface.`,
    )
}

/** What is on the link, beside what was known: the prefixes of the pools. */
export function networksOf(known: readonly string[], assigned: readonly Assignment[]): string[] {
  return [...new Set([...known, ...assigned.map(({ pool }) => pool.cidr)])]
}

type GatewayChoice = {
  input: { gateway4?: string | null | undefined; gateway6?: string | null | undefined }
  assigned: readonly Assignment[]
  /** All that the interface is to have. */
  addresses: readonly string[]
  networks: readonly string[]
  present: readonly Present[]
  prefix: string
}

/** The gateways that were given, or those of the pools as far as the VE has no default route. Throws `invalid-input`. */
export function chooseGateways(choice: GatewayChoice): Gateways {
  const chosen: Gateways = { gateway4: null, gateway6: null }
  for (const { field, ipv6 } of FAMILIES) {
    const given = choice.input[field]
    checkGateway(choice, field, given)
    const free = defaultRouteOf(choice.present.map(routeSource), ipv6).through === null
    const pools = choice.assigned.filter(({ address }) => isIpv6(address) === ipv6)
    const ofPools = pools.find(({ pool }) => pool.gateway !== null)?.pool.gateway ?? null
    chosen[field] = given === undefined ? (free ? ofPools : null) : given
  }
  return chosen
}

export function checkGateway(
  { addresses, networks, prefix }: Pick<GatewayChoice, 'addresses' | 'networks' | 'prefix'>,
  field: 'gateway4' | 'gateway6',
  gateway: string | null | undefined,
): void {
  if (gateway === null || gateway === undefined) return
  const family = isIpv6(gateway) ? 'IPv6' : 'IPv4'
  const own = addresses.filter((address) => isIpv6(address) === isIpv6(gateway))
  if (own.length === 0) throw wrong(`${prefix}${field}`, `The interface has no ${family} address.`)
  if (own.some((address) => ipNumber(address) === ipNumber(gateway)))
    throw wrong(`${prefix}${field}`, 'An address of the interface itself leads nowhere.')
  if (!networks.some((network) => isInNetwork(gateway, network)))
    throw wrong(`${prefix}${field}`, `Not on a network of this interface: ${networks.join(', ')}.`)
}

/** Throws `invalid-input` where a family would get a second default route. */
export function refuseSecondRoute(present: readonly Present[], added: Routed, prefix: string): void {
  for (const { name, field, ipv6 } of FAMILIES) {
    const { conflict } = defaultRouteOf([...present, added].map(routeSource), ipv6)
    if (!conflict?.includes(added.ifname)) continue
    const other = conflict.find((ifname) => ifname !== added.ifname)
    const hosts = added.addresses.some((address) => !isNetwork(address) && isIpv6(address) === ipv6)
    throw wrong(
      `${prefix}${added.kind === 'bridged' ? field : hosts ? 'addresses' : 'delegate'}`,
      `The default route of ${name} leads through ${other} already: a VE has one.`,
    )
  }
}

function routeSource({ addresses, ...rest }: Routed) {
  return {
    ...rest,
    addresses: addresses.filter((address) => !isNetwork(address)),
    prefixes: addresses.filter(isNetwork),
  }
}

export const wrong = (field: string, sentence: string): Problem =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
