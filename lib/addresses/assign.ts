/** Giving addresses to a VE. All of it runs under `lockAllocation`. */
import { Problem } from '../contract/problem.ts'
import type { InterfaceKind } from '../contract/ve-interface.ts'
import type { Db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { familyBits } from './ip-number.ts'
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
        const address = await lowestFree(tx, pool, taken)
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
 * The lowest of the pool that is free: an address, or a whole network if the pool delegates. `taken`: what is not free beside
 * what VEs hold; a network around such an address is not.
 */
async function lowestFree(tx: Db, pool: ServingPool, taken: readonly string[]): Promise<string | null> {
  const blocked = await blockedIn(tx, pool, taken)
  let from = pool.first
  for (;;) {
    const free = await lowestUnheld(tx, pool, from)
    if (free === null || !blocked.has(free.address)) return free?.address ?? null
    if (free.after === null) return null
    from = free.after
  }
}

/** What it gives out at a time, as a prefix length. */
const lengthOf = ({ first, delegates }: ServingPool) => delegates ?? familyBits(first)

/** What the pool would give out around each of these, as it is written. */
async function blockedIn(tx: Db, pool: ServingPool, taken: readonly string[]): Promise<Set<string>> {
  const inFamily = taken.filter((address) => familyBits(address) === familyBits(pool.first))
  const rows = await tx.$queryRaw<{ address: string }[]>`
    SELECT ${written('around')} AS address FROM (
      SELECT set_masklen(network(set_masklen(other, least(${lengthOf(pool)}::int, masklen(other))))::inet,
        ${lengthOf(pool)}::int) AS around
      FROM unnest(${inFamily}::text[]::inet[]) AS other
    ) AS near
    WHERE around BETWEEN set_masklen(${pool.first}::inet, ${lengthOf(pool)}::int)
      AND set_masklen(${pool.last}::inet, ${lengthOf(pool)}::int)`
  return new Set(rows.map(({ address }) => address))
}

/**
 * The lowest from `from` on that no VE holds, and the one after it, if there is one. Reads what is held in the order of an index
 * as far as the first gap, so the bounds stand in the statement itself.
 */
async function lowestUnheld(
  tx: Db,
  pool: ServingPool,
  from: string,
): Promise<{ address: string; after: string | null } | null> {
  const start = Prisma.sql`set_masklen(${from}::inet, ${lengthOf(pool)}::int)`
  const held = Prisma.sql`pool_id = ${pool.id}::uuid AND released_at IS NULL`
  const beyond = (address: string) => Prisma.sql`
    CASE WHEN ${Prisma.raw(address)} < set_masklen(${pool.last}::inet, ${lengthOf(pool)}::int) THEN
      set_masklen(set_masklen(broadcast(${Prisma.raw(address)}), ${familyBits(pool.first)}::int) + 1, ${lengthOf(pool)}::int) END`
  const [row] = await tx.$queryRaw<{ address: string; after: string | null }[]>`
    WITH gap AS (
      SELECT ${start} AS address WHERE NOT EXISTS (SELECT 1 FROM ve_address WHERE ${held} AND address = ${start})
      UNION ALL
      (SELECT beyond FROM (
        SELECT ${beyond('address')} AS beyond, lead(address) OVER (ORDER BY address) AS following
        FROM ve_address WHERE ${held} AND address >= ${start} ORDER BY address
      ) AS each WHERE beyond IS NOT NULL AND beyond IS DISTINCT FROM following LIMIT 1)
    ), lowest AS (
      SELECT address, ${beyond('address')} AS after FROM gap ORDER BY address LIMIT 1
    )
    SELECT ${written('address')} AS address, ${written('after')} AS after FROM lowest`
  return row ?? null
}

/** A host's address bare, a network with its length. */
const written = (column: 'address' | 'after' | 'around') => {
  const name = Prisma.raw(column)
  return Prisma.sql`CASE WHEN masklen(${name}) = (CASE family(${name}) WHEN 4 THEN 32 ELSE 128 END)
    THEN host(${name}) ELSE text(${name}) END`
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
