/** The fleet in numbers, for the home page: grouped by the database, whatever the size of the fleet. */

import { ownedBy } from '../auth/scope.ts'
import { accountsWhere, type Viewer } from '../auth/viewer.ts'
import { VE_STATES, type VeState } from '../contract/ve-state.ts'
import { db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { HOST_STATUSES, type HostResource } from '../hosts/resource.ts'

export type FleetOverview = {
  /** VEs by state, without those that are destroyed. */
  ves: Record<VeState, number>
  hosts: Record<HostResource['status'], number>
  simulatedHosts: number
  /** Of the hosts that are known well enough to tell. Bytes. */
  memory: { total: number; promised: number }
  disk: { total: number; used: number; promised: number }
  cpus: number
}

/** Throws `forbidden` when the viewer may see neither hosts nor VEs. */
export async function fleetOverview(viewer: Viewer): Promise<FleetOverview> {
  const [states, statuses, promised, capacity] = await Promise.all([
    db().ve.groupBy({
      by: ['state'],
      where: { ...ownedBy(viewer, 've:read'), destroyedAt: null },
      _count: { _all: true },
    }),
    db().host.groupBy({
      by: ['status', 'simulated'],
      where: ownedBy(viewer, 'host:read'),
      _count: { _all: true },
    }),
    db().ve.aggregate({
      where: { ...ownedBy(viewer, 've:read'), destroyedAt: null },
      _sum: { memoryBytes: true, diskBytes: true },
    }),
    hostCapacity(viewer),
  ])
  const hosts = zeros(HOST_STATUSES)
  for (const group of statuses) hosts[group.status] += group._count._all
  const ves = zeros(VE_STATES)
  for (const group of states) ves[group.state] = group._count._all
  return {
    ves,
    hosts,
    simulatedHosts: statuses
      .filter((group) => group.simulated)
      .reduce((sum, group) => sum + group._count._all, 0),
    memory: { total: capacity.memory, promised: Number(promised._sum.memoryBytes ?? 0) },
    disk: { total: capacity.disk, used: capacity.diskUsed, promised: Number(promised._sum.diskBytes ?? 0) },
    cpus: capacity.cpus,
  }
}

type Capacity = { memory: number; disk: number; diskUsed: number; cpus: number }

/** Free space is what `watch` saw last, or the facts of the host where it has not watched yet. */
async function hostCapacity(viewer: Viewer): Promise<Capacity> {
  const accounts = accountsWhere(viewer, 'host:read')
  const owned = accounts === null ? Prisma.sql`true` : Prisma.sql`account_id = ANY(${accounts}::uuid[])`
  const [row] = await db().$queryRaw<Record<keyof Capacity, bigint | number | null>[]>`
    SELECT sum(memory_bytes)::bigint AS memory, sum(disk_bytes)::bigint AS disk, sum(cpus)::int AS cpus,
      sum(disk_bytes - coalesce((sample->>'vzFreeBytes')::bigint, (facts->'vz'->>'freeBytes')::bigint))::bigint AS "diskUsed"
    FROM host WHERE ${owned}`
  return {
    memory: Number(row?.memory ?? 0),
    disk: Number(row?.disk ?? 0),
    diskUsed: Number(row?.diskUsed ?? 0),
    cpus: Number(row?.cpus ?? 0),
  }
}

const zeros = <K extends string>(keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
