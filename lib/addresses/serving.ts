/** Which pools give addresses to the VEs of a host. */
import type { Db } from '../db/client.ts'
import type { AddressPool } from '../db/generated/client.ts'

export type ServingPool = Omit<AddressPool, 'createdAt'>
type Bound = ServingPool & { hosts: { hostId: string }[]; groups: { groupId: string }[] }

/** All pools with what they are bound to, oldest first. */
export function readPools(tx: Db): Promise<Bound[]> {
  return tx.addressPool.findMany({
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    include: { hosts: { select: { hostId: true } }, groups: { select: { groupId: true } } },
  })
}

/** Those that serve the host, in the order in which they are used up: its own, its group's, those of all. Pure. */
export function poolsServing(
  pools: readonly Bound[],
  host: { id: string; groupId: string | null },
): ServingPool[] {
  const own = pools.filter(({ hosts }) => hosts.some(({ hostId }) => hostId === host.id))
  const ofGroup = pools.filter(({ groups }) => groups.some(({ groupId }) => groupId === host.groupId))
  const ofAll = pools.filter(({ hosts, groups }) => hosts.length === 0 && groups.length === 0)
  return [...new Set([...own, ...ofGroup, ...ofAll])]
}
