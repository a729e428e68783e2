/** Numbers that are unique in the fleet among VEs that are not destroyed. All of it runs under `lockAllocation`. */
import { VEID_MAX, VEID_MIN } from '../contract/names.ts'
import { Problem } from '../contract/problem.ts'
import { ID_RANGE_FIRST, ID_RANGE_SIZE } from '../contract/ve-spec.ts'
import type { Db } from '../db/client.ts'

/** Ids are 32 bits wide and the highest of them means "nobody": the last whole range before it. */
const ID_RANGE_LAST = 2 ** 32 - 2 * ID_RANGE_SIZE

/** The veid that was asked for, or the lowest free one. Throws `veid-taken`. */
export async function takeVeid(tx: Db, wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return lowestFreeVeid(tx)
  const holder = await tx.ve.count({ where: { veid: wanted, destroyedAt: null } })
  if (holder > 0)
    throw new Problem('veid-taken', `The veid ${wanted} is taken.`, {
      fields: { veid: `${wanted} is taken.` },
    })
  return wanted
}

async function lowestFreeVeid(tx: Db): Promise<number> {
  const [row] = await tx.$queryRaw<{ free: number }[]>`
    SELECT candidate.veid AS free FROM (
      SELECT ${VEID_MIN}::int AS veid
      UNION ALL
      SELECT veid + 1 FROM ve WHERE destroyed_at IS NULL AND veid < ${VEID_MAX}
    ) AS candidate
    WHERE NOT EXISTS (SELECT 1 FROM ve WHERE ve.veid = candidate.veid AND destroyed_at IS NULL)
    ORDER BY candidate.veid LIMIT 1`
  if (!row) throw new Problem('conflict', 'Every veid is taken.')
  return row.free
}

/** The lowest free id range. Throws `conflict` when all (about 65,500) are taken. */
export async function takeIdBase(tx: Db): Promise<bigint> {
  const [row] = await tx.$queryRaw<{ free: bigint }[]>`
    SELECT candidate.id_base AS free FROM (
      SELECT ${ID_RANGE_FIRST}::bigint AS id_base
      UNION ALL
      SELECT id_base + ${ID_RANGE_SIZE} FROM ve WHERE destroyed_at IS NULL AND id_base < ${ID_RANGE_LAST}
    ) AS candidate
    WHERE NOT EXISTS (SELECT 1 FROM ve WHERE ve.id_base = candidate.id_base AND destroyed_at IS NULL)
    ORDER BY candidate.id_base LIMIT 1`
  if (!row) throw new Problem('conflict', 'Every id range is taken: the fleet holds as many VEs as it can.')
  return row.free
}

/**
 * The first ownership epoch of a VE under a veid that others may have had: higher than theirs, because hosts remember
 * the highest they saw under a number, also after it is destroyed.
 */
export async function firstEpoch(tx: Db, veid: number): Promise<number> {
  const earlier = await tx.ve.aggregate({ where: { veid }, _max: { epoch: true } })
  return (earlier._max.epoch ?? 0) + 1
}
