import type { Db } from '../db/client.ts'

/** What the VEs of a host may use at most: sums of their limits. */
export type Promised = { ves: number; memoryBytes: number; diskBytes: number }

export const NOTHING_PROMISED: Promised = { ves: 0, memoryBytes: 0, diskBytes: 0 }

/** For all the hosts in one grouped query; a host without VEs is not in the map. */
export async function promisedByHost(on: Db, hostIds: string[]): Promise<Map<string, Promised>> {
  if (hostIds.length === 0) return new Map()
  const groups = await on.ve.groupBy({
    by: ['hostId'],
    where: { hostId: { in: hostIds }, destroyedAt: null },
    _count: { _all: true },
    _sum: { memoryBytes: true, diskBytes: true },
  })
  return new Map(
    groups.map((group) => [
      group.hostId,
      {
        ves: group._count._all,
        memoryBytes: Number(group._sum.memoryBytes ?? 0),
        diskBytes: Number(group._sum.diskBytes ?? 0),
      },
    ]),
  )
}
