/** A VE's row as the specification that agents understand. */
import type { VeApplication, VeNamespace } from '../contract/ve-application.ts'
import type { VeDevice, VeNetworkDevice } from '../contract/ve-devices.ts'
import type { VeFeatures } from '../contract/ve-features.ts'
import type { FirewallRule } from '../contract/ve-firewall.ts'
import type { VeInterface } from '../contract/ve-interface.ts'
import type { VeSpec } from '../contract/ve-spec.ts'
import type { FirewallSet, Ve, VeInterface as VeInterfaceTable } from '../db/generated/client.ts'
import { layOutFirewall } from '../firewall/lay-out.ts'
import type { FirewallSettings } from '../firewall/resource.ts'
import { limitsOfRow } from './limits/row.ts'

type AddressRow = { id: string; address: string; pending: boolean; releasedAt: Date | null }
export type VeInterfaceRow = VeInterfaceTable & { addresses: AddressRow[] }
export type VeRow = Ve & { interfaces: VeInterfaceRow[]; firewallSets: { set: FirewallSet }[] }

/** What has to be read with a VE to make its specification. */
export const VE_SPEC_INCLUDE = {
  interfaces: {
    where: { removedAt: null },
    orderBy: { index: 'asc' },
    include: { addresses: { where: { releasedAt: null }, orderBy: { id: 'asc' } } },
  },
  firewallSets: { include: { set: true } },
} as const

/** PostgreSQL's inet prints a host's address without its prefix, but keeps one it was given. */
export const bareAddress = (address: string): string => address.split('/')[0] ?? ''

/** Whether it is a network that was delegated, and no host's address. */
export const isNetwork = (address: string): boolean => /\/\d+$/.test(address) && !/\/(32|128)$/.test(address)

/** Pure. Addresses that were given back, or are only reserved for a change, are left out. */
export function interfaceOf(row: VeInterfaceRow): VeInterface {
  const held = row.addresses
    .filter(({ releasedAt, pending }) => releasedAt === null && !pending)
    .map(({ address }) => address)
  const common = {
    index: row.index,
    ifname: row.ifname,
    addresses: held.filter((address) => !isNetwork(address)).map(bareAddress),
    rate: { inBits: numberOrNull(row.rateInBits), outBits: numberOrNull(row.rateOutBits) },
  }
  if (row.kind === 'routed') return { kind: 'routed', ...common, prefixes: held.filter(isNetwork) }
  return {
    kind: 'bridged',
    ...common,
    mac: row.mac ?? '',
    bridge: row.bridge ?? '',
    vlan: row.vlan,
    networks: row.networks,
    gateway4: row.gateway4,
    gateway6: row.gateway6,
  }
}

/** Neither removed nor only reserved for a change. */
const isThere = (row: VeInterfaceRow) => row.removedAt === null && !row.pending

const numberOrNull = (value: bigint | null) => (value === null ? null : Number(value))

type Throttle = Pick<Ve, 'trafficExceededAt' | 'trafficAction' | 'trafficThrottleBits'>

/** Whoever has used up the month's traffic goes on slowly, if that is what was chosen. */
const throttledBy =
  ({ trafficExceededAt, trafficAction, trafficThrottleBits }: Throttle) =>
  (each: VeInterface): VeInterface => {
    if (!trafficExceededAt || trafficAction !== 'throttle') return each
    const most = (bits: number | null) =>
      Math.min(bits ?? Number.POSITIVE_INFINITY, Number(trafficThrottleBits))
    return { ...each, rate: { inBits: most(each.rate.inBits), outBits: most(each.rate.outBits) } }
  }

/** The rules of the sets that its firewall refers to. Pure. */
export function rulesOfSets({ firewallSets }: Pick<VeRow, 'firewallSets'>): Map<string, FirewallRule[]> {
  return new Map(firewallSets.map(({ set }) => [set.id, set.rules as FirewallRule[]]))
}

/** Pure. */
export function veSpecOf(ve: VeRow): VeSpec {
  return {
    veid: ve.veid,
    uuid: ve.id,
    epoch: ve.epoch,
    name: ve.name,
    hostname: ve.hostname,
    arch: ve.arch as VeSpec['arch'],
    idBase: Number(ve.idBase),
    storage: ve.storage as VeSpec['storage'],
    limits: limitsOfRow(ve),
    kind: ve.kind,
    namespaces: ve.namespaces as VeNamespace[],
    application: ve.application as VeApplication | null,
    features: ve.features as VeFeatures,
    devices: ve.devices as VeDevice[],
    networkDevices: ve.networkDevices as VeNetworkDevice[],
    interfaces: ve.interfaces.filter(isThere).map(interfaceOf).map(throttledBy(ve)),
    firewall: layOutFirewall(ve.firewall as FirewallSettings, rulesOfSets(ve)),
    dns: { servers: ve.dnsServers, search: ve.searchDomains },
  }
}
