/** A VE's row as a change would leave it: what its host is told before anything is written down. */
import type { FirewallSet } from '../db/generated/client.ts'
import type { VeChange, VeInterfacesChange } from './change.ts'
import { limitColumns } from './limits/row.ts'
import type { VeInterfaceRow, VeRow } from './spec.ts'

/** Pure. `sets`: the rule sets that the change's firewall refers to. */
export function changedRow(row: VeRow, change: VeChange, sets: readonly FirewallSet[] = []): VeRow {
  const { dns, limits, interfaces, firewall } = change
  return {
    ...row,
    hostname: change.hostname ?? row.hostname,
    ...(dns ? { dnsServers: dns.servers, searchDomains: dns.search } : {}),
    ...(limits ? limitColumns(limits) : {}),
    features: change.features ?? row.features,
    namespaces: change.namespaces ?? row.namespaces,
    application: change.application ?? row.application,
    devices: change.devices ?? row.devices,
    networkDevices: change.networkDevices ?? row.networkDevices,
    ...(firewall ? { firewall, firewallSets: sets.map((set) => ({ set })) } : {}),
    ...(interfaces ? { interfaces: changedInterfaces(row.interfaces, interfaces) } : {}),
  }
}

function changedInterfaces(rows: readonly VeInterfaceRow[], change: VeInterfacesChange): VeInterfaceRow[] {
  const gone = new Date()
  return rows.map((row) => ({
    ...row,
    ...interfaceColumns(change.set.find(({ id }) => id === row.id) ?? {}),
    pending: row.pending && !change.add.includes(row.id),
    removedAt: change.remove.includes(row.id) ? gone : row.removedAt,
    addresses: row.addresses.map((address) => ({
      ...address,
      pending: address.pending && !change.assign.includes(address.id) && !change.add.includes(row.id),
      releasedAt: change.release.includes(address.id) ? gone : address.releasedAt,
    })),
  }))
}

/** What is given of an interface's settings, as its columns. */
export function interfaceColumns(settings: Partial<VeInterfacesChange['set'][number]>) {
  const { id: _, rate, ...columns } = settings
  const bits = (value: number | null) => (value === null ? null : BigInt(value))
  return {
    ...columns,
    ...(rate ? { rateInBits: bits(rate.inBits), rateOutBits: bits(rate.outBits) } : {}),
  }
}
