/** Giving addresses to a VE. All of it runs under `lockAllocation`. */
import { Problem } from '../contract/problem.ts'
import type { InterfaceKind } from '../contract/ve-interface.ts'
import type { Db } from '../db/client.ts'
import { hostAddresses } from './overlap.ts'
import type { ServingPool } from './serving.ts'

/** `address`: a host's, or a delegated network in prefix notation. */
export type Assignment = { pool: ServingPool; address: string }

/** Addresses for one VE; it remembers what it gave, because that is not in the database yet. */
export type AddressSource = {
  pools: readonly ServingPool[]
  /** An address that was asked for. Throws `invalid-input` or `address-taken` at `field`. */
  claim(address: string, kind: InterfaceKind, field: string): Promise<Assignment>
  /** The lowest that is free, of the first of these pools that has one; null when all are used up. */
  next(pools: readonly ServingPool[]): Promise<Assignment | null>
}

export async function addressSource(tx: Db, pools: readonly ServingPool[]): Promise<AddressSource> {
  const taken = await hostAddresses(tx)
  const given: string[] = []
  const give = (assignment: Assignment) => {
    given.push(assignment.address)
    taken.push(assignment.address)
    return assignment
  }
  return {
    pools,
    claim: async (address, kind, field) =>
      give(await claimAddress(tx, pools, given, { address, kind, field })),
    async next(among) {
      for (const pool of among) {
        const address = await lowestFree(tx, pool.id, taken)
        if (address) return give({ pool, address })
      }
      return null
    },
  }
}

type Claim = { address: string; kind: InterfaceKind; field: string }

async function claimAddress(
  tx: Db,
  serving: readonly ServingPool[],
  given: readonly string[],
  { address: text, kind, field }: Claim,
): Promise<Assignment> {
  const [row] = await tx.$queryRaw<{ address: string; poolId: string | null; taken: boolean }[]>`
    SELECT host(wanted) AS address,
      (SELECT id FROM address_pool WHERE family(first) = family(wanted) AND wanted >= first
        AND wanted <= set_masklen(broadcast(set_masklen(last, coalesce(delegates, masklen(last)))), masklen(last)) LIMIT 1
      ) AS "poolId",
      EXISTS (SELECT 1 FROM ve_address WHERE address = wanted AND released_at IS NULL)
        OR EXISTS (SELECT 1 FROM host WHERE host.address = host(wanted)) AS taken
    FROM (SELECT ${text}::inet AS wanted) AS given`
  if (!row?.poolId) throw wrong(field, 'This address is in no address pool.')
  const pool = serving.find(({ id }) => id === row.poolId)
  if (!pool) throw wrong(field, 'The pool of this address does not serve the host of the VE.')
  if (pool.kind !== kind) throw wrong(field, `The pool of this address is for ${pool.kind} interfaces.`)
  if (pool.delegates !== null)
    throw wrong(field, `The pool of this address gives out whole /${pool.delegates} networks.`)
  if (given.includes(row.address)) throw wrong(field, 'This address is given twice.')
  if (row.taken)
    throw new Problem('address-taken', `${row.address} belongs to another VE or host.`, {
      fields: { [field]: 'Taken.' },
    })
  return { pool, address: row.address }
}

/**
 * The first of the pool, or the one after what is held, whichever is the lowest that is free: an address, or a whole
 * network if the pool delegates. `taken`: what is not free beside what VEs hold; a network around such an address is not.
 */
async function lowestFree(tx: Db, poolId: string, taken: string[]): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ address: string }[]>`
    WITH pool AS (
      SELECT id, first, last, masklen(first) AS widest, coalesce(delegates, masklen(first)) AS len
      FROM address_pool WHERE id = ${poolId}::uuid
    ), near AS MATERIALIZED (
      SELECT network(set_masklen(other, least(len, masklen(other))))::inet AS address
      FROM pool, unnest(${taken}::text[]::inet[]) AS other
      WHERE CASE WHEN family(other) = family(first)
        THEN set_masklen(other, widest) BETWEEN first AND set_masklen(broadcast(set_masklen(last, len)), widest) END
    ), held AS (
      SELECT a.address FROM pool, ve_address a WHERE a.pool_id = pool.id AND a.released_at IS NULL
      UNION ALL
      SELECT address FROM near
    ), candidate AS (
      SELECT set_masklen(first, len) AS address FROM pool
      UNION ALL
      SELECT set_masklen(set_masklen(broadcast(held.address), widest) + 1, len) FROM pool, held
        WHERE set_masklen(held.address, widest) >= first AND set_masklen(held.address, widest) < last
    )
    SELECT CASE WHEN len = widest THEN host(candidate.address) ELSE text(candidate.address) END AS address
    FROM pool, candidate
    WHERE NOT EXISTS (SELECT 1 FROM ve_address a WHERE a.address = candidate.address AND a.released_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM near WHERE near.address = candidate.address)
    ORDER BY candidate.address LIMIT 1`
  return row?.address ?? null
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
