import type { Db } from '../db/client.ts'

/** What the VEs of a host may use at most, and what they get in any case: sums of their limits. */
export type Promised = { ves: number; memoryBytes: number; diskBytes: number; guaranteedBytes: number }

export const NOTHING_PROMISED: Promised = { ves: 0, memoryBytes: 0, diskBytes: 0, guaranteedBytes: 0 }

type Row = { hostId: string; ves: number; memory: bigint; disk: bigint; guaranteed: bigint }

/**
 * One that moves counts on both hosts. One that is hibernated counts like any other: it comes back, and then needs what it had. Snapshots are not in it: nobody was
 * promised their space, so what they take is seen in the host's free space alone.
 *
 * For all the hosts in one grouped query; a host without VEs is not in the map. What a change under way asks for counts already.
 * `exceptVe`: as if that one were not there.
 */
export async function promisedByHost(
  on: Db,
  hostIds: string[],
  exceptVe: string | null = null,
): Promise<Map<string, Promised>> {
  if (hostIds.length === 0) return new Map()
  const rows = await on.$queryRaw<Row[]>`
    WITH asked AS (
      SELECT ve_id, max((limits->>'memoryBytes')::numeric)::bigint AS memory,
        max((limits->>'diskBytes')::numeric)::bigint AS disk,
        max(ve_guaranteed_bytes((limits->>'memoryBytes')::numeric::bigint, limits)) AS guaranteed
      FROM operation, LATERAL (SELECT input->'change'->'limits' AS limits) given
      WHERE status IN ('queued', 'running') AND type = 've-configure' AND limits IS NOT NULL GROUP BY ve_id
    )
    SELECT at.host_id AS "hostId", count(*)::int AS ves, sum(greatest(ve.memory_bytes, asked.memory))::bigint AS memory,
      sum(greatest(ve.disk_bytes, asked.disk))::bigint AS disk,
      sum(greatest(ve.guaranteed_bytes, asked.guaranteed))::bigint AS guaranteed
    FROM ve JOIN LATERAL (SELECT unnest(ARRAY[ve.host_id, ve.moving_to_id]) AS host_id) at ON true
      LEFT JOIN asked ON asked.ve_id = ve.id
    WHERE (ve.host_id = ANY(${hostIds}::uuid[]) OR ve.moving_to_id = ANY(${hostIds}::uuid[]))
      AND at.host_id = ANY(${hostIds}::uuid[]) AND ve.destroyed_at IS NULL AND ve.id IS DISTINCT FROM ${exceptVe}::uuid
    GROUP BY at.host_id`
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
