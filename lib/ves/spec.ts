/** A VE's row as the specification that agents understand. */
import type { VeSpec } from '../contract/ve-spec.ts'
import type { Ve } from '../db/generated/client.ts'

export type VeRow = Ve & { addresses: { address: string; releasedAt: Date | null }[] }

/** Pure. Addresses that were given back are left out. */
export function veSpecOf(ve: VeRow): VeSpec {
  const held = ve.addresses.filter((row) => row.releasedAt === null)
  return {
    veid: ve.veid,
    uuid: ve.id,
    epoch: ve.epoch,
    name: ve.name,
    hostname: ve.hostname,
    arch: ve.arch as VeSpec['arch'],
    idBase: Number(ve.idBase),
    storage: ve.storage as VeSpec['storage'],
    limits: {
      diskBytes: Number(ve.diskBytes),
      memoryBytes: Number(ve.memoryBytes),
      swapBytes: Number(ve.swapBytes),
      processes: ve.processes,
      cpuUnits: ve.cpuUnits,
      cpuLimitPercent: ve.cpuLimitPercent,
    },
    // PostgreSQL's inet prints a host's address without its prefix, but keeps one it was given.
    interfaces: [
      { kind: 'routed', ifname: 'eth0', addresses: held.map((row) => row.address.split('/')[0] ?? '') },
    ],
    dns: { servers: ve.dnsServers, search: ve.searchDomains },
  }
}
