/** Planning an interface of a VE: what it is to be and which addresses it gets. Reads only, under `lockAllocation`. */
import type { AddressSource, Assignment } from '../../addresses/assign.ts'
import { canAtProvider, type Viewer } from '../../auth/viewer.ts'
import { INTERFACES_MAX, type InterfaceKind, UNLIMITED_RATE } from '../../contract/ve-interface.ts'
import type { Db } from '../../db/client.ts'
import { ownRate, refuseMoreAddresses, refuseOwnLink } from './from-above.ts'
import type { VeInterfaceInput } from './input.ts'
import { isMacTaken, newMac } from './new-mac.ts'
import { pickAddresses } from './pick-addresses.ts'
import { chooseGateways, linkOf, networksOf, type Present, refuseSecondRoute, wrong } from './routes.ts'
import { type NetworkHost, refuseUnsupported } from './support.ts'

/** Columns of ve_interface, and the addresses to reserve for it. */
export type PlannedInterface = {
  index: number
  kind: InterfaceKind
  ifname: string
  mac: string | null
  bridge: string | null
  vlan: number | null
  networks: string[]
  gateway4: string | null
  gateway6: string | null
  rateInBits: number | null
  rateOutBits: number | null
  assigned: Assignment[]
}

export type Planning = {
  tx: Db
  viewer: Viewer
  /** Whose VE it is. */
  accountId: string
  host: NetworkHost
  source: AddressSource
  /** What the VE has, or is about to get. */
  present: readonly Present[]
  /** Names that devices of the host have inside the VE. */
  otherNames: readonly string[]
  /** Put in front of the fields of a refusal: "interfaces.0.". */
  prefix: string
}

/**
 * Throws with the field: `invalid-input` for a name or hardware address that is taken, an address that no pool gives to this
 * host, a gateway that is not on the link, a second default route, one interface too many; `address-taken`,
 * `no-free-address`; `capability-missing` for what the host cannot do; `forbidden` for what only those above the owner give.
 */
export async function planInterface(planning: Planning, input: VeInterfaceInput): Promise<PlannedInterface> {
  const { tx, host, source, present, prefix } = planning
  const index = freeIndex(planning)
  const ifname = chooseName(planning, input.ifname)
  const wantedMac = input.kind === 'bridged' ? input.mac : undefined
  if (wantedMac !== undefined) await refuseMac(planning, wantedMac)
  refuseOwnLink(planning, input.kind)
  const rate = ownRate(planning, input.rate) ?? UNLIMITED_RATE
  const assigned = await pickAddresses(source, host.name, input, prefix)
  const link = input.kind === 'bridged' ? linkOf(assigned, prefix) : { bridge: null, vlan: null }
  refuseUnsupported(host, { kind: input.kind, ...link, rate }, prefix)
  const networks = input.kind === 'bridged' ? networksOf([], assigned) : []
  const addresses = assigned.map(({ address }) => address)
  const held = present.flatMap((each) => each.addresses)
  refuseMoreAddresses(planning, held, [...held, ...addresses])
  const gateways =
    input.kind === 'bridged'
      ? chooseGateways({ input, assigned, addresses, networks, present, prefix })
      : { gateway4: null, gateway6: null }
  refuseSecondRoute(present, { ifname, kind: input.kind, addresses, ...gateways }, prefix)
  return {
    index,
    kind: input.kind,
    ifname,
    mac: input.kind === 'bridged' ? (wantedMac ?? (await newMac(tx, macsOf(present)))) : null,
    ...link,
    networks,
    ...gateways,
    rateInBits: rate.inBits,
    rateOutBits: rate.outBits,
    assigned,
  }
}

function freeIndex({ present, prefix }: Planning): number {
  const taken = new Set(present.map(({ index }) => index))
  const free = Array.from({ length: INTERFACES_MAX }, (_, index) => index).find((index) => !taken.has(index))
  if (free === undefined) throw wrong(`${prefix}kind`, `A VE has at most ${INTERFACES_MAX} interfaces.`)
  return free
}

function chooseName({ present, otherNames, prefix }: Planning, wanted: string | undefined): string {
  const taken = new Set([...present.map(({ ifname }) => ifname), ...otherNames, 'lo'])
  if (wanted !== undefined) {
    if (taken.has(wanted)) throw wrong(`${prefix}ifname`, `The VE has an interface ${wanted} already.`)
    return wanted
  }
  for (let number = 0; ; number += 1) if (!taken.has(`eth${number}`)) return `eth${number}`
}

const macsOf = (present: readonly Present[]) => present.flatMap(({ mac }) => (mac ? [mac] : []))

/** A foreign hardware address on a bridge draws the other's packets: whose it may be is the provider's to say. */
async function refuseMac({ tx, viewer, present, prefix }: Planning, wanted: string): Promise<void> {
  if (!canAtProvider(viewer, 'address:manage'))
    throw wrong(`${prefix}mac`, 'Hardware addresses are chosen by the provider: leave it out.')
  if (macsOf(present).includes(wanted) || (await isMacTaken(tx, wanted)))
    throw wrong(`${prefix}mac`, 'Another interface has this hardware address.')
}

/** Writes down what was planned. `pending`: for a change of a VE that is there, not the VE's until it succeeds. */
export async function insertInterface(
  tx: Db,
  veId: string,
  { assigned, ...columns }: PlannedInterface,
  pending: boolean,
): Promise<string> {
  const addresses = assigned.map(({ pool, address }) => ({ veId, poolId: pool.id, address, pending }))
  const row = await tx.veInterface.create({
    data: { veId, ...columns, pending, addresses: { create: addresses } },
  })
  return row.id
}
