/** Address pools as the fields of an interface offer them. */
import { listAddressPools } from '@/lib/addresses/queries.ts'
import type { AddressPoolResource } from '@/lib/addresses/resource.ts'
import { canAtProvider, type Viewer } from '@/lib/auth/viewer.ts'
import type { HostResource } from '@/lib/hosts/resource.ts'
import type { PoolChoice } from './interface-fields.tsx'

const IN_MENU = 200

/** Pools are the provider's; others get the next free address of whichever serves the host. `hostId`: only what serves it. */
export async function interfacePools(
  viewer: Viewer,
  hosts: readonly HostResource[],
  hostId?: string,
): Promise<PoolChoice[]> {
  if (!canAtProvider(viewer, 'address:read')) return []
  const { items } = await listAddressPools(viewer, { limit: IN_MENU, ...(hostId ? { hostId } : {}) })
  return items.map((pool) => ({
    id: pool.id,
    kind: pool.kind,
    label: labelOf(pool),
    bridge: pool.bridge,
    vlan: pool.vlan,
    delegates: pool.delegates,
    hostIds: hosts.filter((host) => serves(pool, host)).map(({ id }) => id),
  }))
}

function labelOf({ name, cidr, delegates, bridge, vlan }: AddressPoolResource): string {
  const given = delegates === null ? '' : `, gives out /${delegates}`
  const link = bridge === null ? '' : ` on ${bridge}${vlan === null ? '' : `, VLAN ${vlan}`}`
  return `${name}: ${cidr}${given}${link}`
}

function serves(pool: AddressPoolResource, host: HostResource): boolean {
  if (pool.hosts.length === 0 && pool.groups.length === 0) return true
  return (
    pool.hosts.some(({ id }) => id === host.id) || pool.groups.some(({ id }) => id === (host.group?.id ?? ''))
  )
}
