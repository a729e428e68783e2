/** Planning a change of an interface that a VE has. Reads only, under `lockAllocation`. */
import type { AddressSource, Assignment } from '../../addresses/assign.ts'
import { familyBits, ipNumber } from '../../addresses/ip-number.ts'
import { isIpv6, type RateLimits } from '../../contract/ve-interface.ts'
import { bareAddress, isNetwork } from '../spec.ts'
import type { InterfaceRow } from './commands.ts'
import { type Asking, ownRate, refuseMoreAddresses } from './from-above.ts'
import type { VeInterfaceUpdateInput } from './input.ts'
import { type AddressWish, pickAddresses } from './pick-addresses.ts'
import {
  checkGateway,
  networksOf,
  type Present,
  refuseOtherLink,
  refuseSecondRoute,
  wrong,
} from './routes.ts'
import { type NetworkHost, refuseUnsupported } from './support.ts'

export type InterfaceUpdate = {
  /** To reserve, and to give back when it is done: ids of ve_address. */
  assigned: Assignment[]
  release: string[]
  settings: {
    rate?: RateLimits
    networks?: string[]
    gateway4?: string | null
    gateway6?: string | null
  }
}

type Updating = {
  asking: Asking
  host: NetworkHost
  source: AddressSource
  /** The VE's other interfaces. */
  present: readonly Present[]
  row: InterfaceRow
}

const MOST = { addresses: 64, prefixes: 16 }

/** Throws as `planInterface`. */
export async function planInterfaceUpdate(
  updating: Updating,
  input: VeInterfaceUpdateInput,
): Promise<InterfaceUpdate> {
  const { asking, host, source, present, row } = updating
  refuseOfOtherKind(row.kind, input)
  const rate = ownRate(asking, input.rate, rateOf(row))
  if (rate) refuseUnsupported(host, { kind: row.kind, bridge: null, vlan: null, rate }, '')
  const { wish, release } = difference(row, input)
  const assigned = await pickAddresses(source, host.name, wish, '')
  const kept = row.addresses.filter(({ id }) => !release.includes(id)).map(({ address }) => textOf(address))
  const addresses = [...kept, ...assigned.map(({ address }) => address)]
  refuseTooMany(addresses)
  const others = present.flatMap((each) => each.addresses)
  const held = row.addresses.map(({ address }) => textOf(address))
  refuseMoreAddresses(asking, [...others, ...held], [...others, ...addresses])
  const link =
    row.kind === 'bridged'
      ? linkSettings(row, input, assigned, addresses)
      : { settings: {}, gateways: NO_GATEWAYS }
  const { ifname, kind } = row
  refuseSecondRoute(present, { ifname, kind, addresses, ...link.gateways }, '')
  return { assigned, release, settings: { ...(rate ? { rate } : {}), ...link.settings } }
}

export const rateOf = ({ rateInBits, rateOutBits }: InterfaceRow): RateLimits => ({
  inBits: rateInBits === null ? null : Number(rateInBits),
  outBits: rateOutBits === null ? null : Number(rateOutBits),
})

const NO_GATEWAYS = { gateway4: null, gateway6: null }
const textOf = (address: string) => (isNetwork(address) ? address : bareAddress(address))

function refuseOfOtherKind(kind: InterfaceRow['kind'], input: VeInterfaceUpdateInput): void {
  if (kind === 'bridged' && input.delegate !== undefined)
    throw wrong('delegate', 'Whole networks are given to routed interfaces only.')
  for (const field of ['gateway4', 'gateway6'] as const)
    if (kind === 'routed' && (input[field] ?? null) !== null)
      throw wrong(field, 'A routed interface needs no gateway: its host is the way out.')
}

function refuseTooMany(addresses: readonly string[]): void {
  const networks = addresses.filter(isNetwork).length
  if (networks > MOST.prefixes) throw wrong('poolIds', `At most ${MOST.prefixes} networks an interface.`)
  if (addresses.length - networks > MOST.addresses)
    throw wrong('addresses', `At most ${MOST.addresses} addresses an interface.`)
}

/** What is to be had beside what is held, and what of that is to go. */
function difference(
  row: InterfaceRow,
  input: VeInterfaceUpdateInput,
): { wish: AddressWish; release: string[] } {
  const hosts = row.addresses.filter(({ address }) => !isNetwork(address))
  const networks = row.addresses.filter(({ address }) => isNetwork(address))
  const wanted = input.addresses ?? hosts.map(({ address }) => bareAddress(address))
  const same = (a: string, b: string) => familyBits(a) === familyBits(b) && ipNumber(a) === ipNumber(b)
  const twice = wanted.findIndex((address, index) =>
    wanted.slice(0, index).some((other) => same(other, address)),
  )
  if (twice >= 0) throw wrong(`addresses.${twice}`, 'This address is given twice.')
  const isHeld = (address: string) => hosts.some((held) => same(bareAddress(held.address), address))
  const left = hosts.filter((held) => !wanted.some((address) => same(bareAddress(held.address), address)))
  // Places of those that are held are kept, so that a refusal names the field that was sent.
  const wish = {
    kind: row.kind,
    addresses: wanted.map((address) => (isHeld(address) ? null : address)),
    poolIds: input.poolIds ?? [],
    delegate: input.delegate === true && networks.length === 0,
  }
  return {
    wish,
    release: [...left, ...(input.delegate === false ? networks : [])].map(({ id }) => id),
  }
}

/** Networks and gateways of a bridged one. A gateway goes with the last address of its family. */
function linkSettings(
  row: InterfaceRow,
  input: VeInterfaceUpdateInput,
  assigned: readonly Assignment[],
  addresses: readonly string[],
) {
  refuseOtherLink(assigned, row, '')
  const held = row.addresses.flatMap(({ pool, address }) => (pool ? [{ pool, address }] : []))
  const networks = networksOf(networksOf(row.networks, held), assigned)
  const gateways = { ...NO_GATEWAYS } as { gateway4: string | null; gateway6: string | null }
  for (const [field, ipv6] of [
    ['gateway4', false],
    ['gateway6', true],
  ] as const) {
    checkGateway({ addresses, networks, prefix: '' }, field, input[field])
    const has = addresses.some((address) => isIpv6(address) === ipv6)
    gateways[field] = input[field] === undefined ? (has ? row[field] : null) : input[field]
  }
  return { gateways, settings: { networks, ...gateways } }
}
