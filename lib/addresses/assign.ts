/** Giving addresses to a VE. All of it runs under `lockAllocation`. */
import { isIP } from 'node:net'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'

export type Assignment = { poolId: string; address: string }

/**
 * The pool of each address that was asked for. Throws `invalid-input` for one that is in no pool or given twice, and
 * `address-taken` for one that a VE or a host has.
 */
export async function claimAddresses(tx: Db, addresses: readonly string[]): Promise<Assignment[]> {
  const claimed: Assignment[] = []
  for (const [index, text] of addresses.entries()) {
    const [row] = await tx.$queryRaw<{ address: string; poolId: string | null; taken: boolean }[]>`
      SELECT host(wanted) AS address,
        (SELECT id FROM address_pool WHERE family(first) = family(wanted) AND wanted BETWEEN first AND last LIMIT 1) AS "poolId",
        EXISTS (SELECT 1 FROM ve_address WHERE address = wanted AND released_at IS NULL)
          OR EXISTS (SELECT 1 FROM host WHERE host.address = host(wanted)) AS taken
      FROM (SELECT ${text}::inet AS wanted) AS given`
    const field = `addresses.${index}`
    if (!row?.poolId) throw wrong(field, 'This address is in no address pool.')
    if (claimed.some(({ address }) => address === row.address))
      throw wrong(field, 'This address is given twice.')
    if (row.taken)
      throw new Problem('address-taken', `${row.address} belongs to another VE or host.`, {
        fields: { [field]: 'Taken.' },
      })
    claimed.push({ poolId: row.poolId, address: row.address })
  }
  return claimed
}

/**
 * The lowest free address of each family that has a pool, from the oldest pool with one left. Throws `no-free-address`
 * when there is no pool, or a family's pools are used up.
 */
export async function nextAddresses(tx: Db): Promise<Assignment[]> {
  const pools = await tx.addressPool.findMany({ orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] })
  if (pools.length === 0) throw new Problem('no-free-address', 'There is no address pool yet.')
  const hosts = await tx.host.findMany({ select: { address: true } })
  const hostAddresses = hosts.map(({ address }) => address).filter((address) => isIP(address) !== 0)
  const next: Assignment[] = []
  for (const family of [':', '.'] as const) {
    const ofFamily = pools.filter(({ first }) => first.includes(family))
    if (ofFamily.length === 0) continue
    const assignment = await firstFree(tx, ofFamily, hostAddresses)
    if (!assignment) {
      const names = ofFamily.map(({ name }) => name).join(', ')
      throw new Problem('no-free-address', `Every address is given out: ${names}.`)
    }
    next.unshift(assignment)
  }
  return next
}

async function firstFree(
  tx: Db,
  pools: { id: string }[],
  hostAddresses: string[],
): Promise<Assignment | null> {
  for (const pool of pools) {
    const address = await lowestFree(tx, pool.id, hostAddresses)
    if (address) return { poolId: pool.id, address }
  }
  return null
}

/** The first address of the pool, or the one after an address that is held, whichever is the lowest that is free. */
async function lowestFree(tx: Db, poolId: string, hostAddresses: string[]): Promise<string | null> {
  const [row] = await tx.$queryRaw<{ address: string }[]>`
    WITH pool AS (SELECT first, last FROM address_pool WHERE id = ${poolId}::uuid),
    candidate AS (
      SELECT first AS address FROM pool
      UNION ALL
      SELECT held.address + 1 FROM pool, ve_address held
        WHERE held.released_at IS NULL AND held.address >= pool.first AND held.address < pool.last
      UNION ALL
      SELECT host_address + 1 FROM pool, unnest(${hostAddresses}::text[]::inet[]) AS host_address
        WHERE host_address >= pool.first AND host_address < pool.last
    )
    SELECT host(candidate.address) AS address FROM candidate
    WHERE NOT EXISTS (SELECT 1 FROM ve_address a WHERE a.address = candidate.address AND a.released_at IS NULL)
      AND candidate.address <> ALL (${hostAddresses}::text[]::inet[])
    ORDER BY candidate.address LIMIT 1`
  return row?.address ?? null
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
