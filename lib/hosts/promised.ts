import { OTHER_BEANCOUNTERS, type VeLimits } from '../contract/ve-limits.ts'
import type { Db } from '../db/client.ts'

/** What the VEs of a host may use at most, and what they get in any case: sums of their limits. */
export type Promised = { ves: number; memoryBytes: number; diskBytes: number; guaranteedBytes: number }

export const NOTHING_PROMISED: Promised = { ves: 0, memoryBytes: 0, diskBytes: 0, guaranteedBytes: 0 }

const GUARANTEES = OTHER_BEANCOUNTERS.filter((name) => name === 'vmguarpages' || name === 'oomguarpages')

/** Memory that nobody else gets: the two guarantees are of the same memory. Unlimited is all that it may use. Pure. */
export function guaranteedBytes(limits: VeLimits): number {
  const barriers = GUARANTEES.map((name) => limits.beancounters[name].barrier ?? limits.memoryBytes)
  return Math.min(limits.memoryBytes, Math.max(...barriers))
}

type Row = { hostId: string; ves: number; memory: bigint; disk: bigint; guaranteed: bigint }

/** For all the hosts in one grouped query; a host without VEs is not in the map. */
export async function promisedByHost(on: Db, hostIds: string[]): Promise<Map<string, Promised>> {
  if (hostIds.length === 0) return new Map()
  const rows = await on.$queryRaw<Row[]>`
    SELECT host_id AS "hostId", count(*)::int AS ves, sum(memory_bytes)::bigint AS memory,
      sum(disk_bytes)::bigint AS disk, sum(ve_guaranteed_bytes(memory_bytes, more_limits))::bigint AS guaranteed
    FROM ve WHERE host_id = ANY(${hostIds}::uuid[]) AND destroyed_at IS NULL GROUP BY host_id`
  return new Map(
    rows.map(({ hostId, ves, memory, disk, guaranteed }) => [
      hostId,
      {
        ves,
        memoryBytes: Number(memory),
        diskBytes: Number(disk),
        guaranteedBytes: Number(guaranteed),
      },
    ]),
  )
}
