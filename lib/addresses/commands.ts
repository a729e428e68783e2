/** Making address pools. */
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { emitEvent } from '../events/emit.ts'
import { lockAllocation } from './allocation-lock.ts'
import { toResources } from './queries.ts'
import type { AddressPoolCreateInput, AddressPoolResource } from './resource.ts'

type Range = { cidr: string; first: string; last: string }

/**
 * Makes a pool. Without `first` and `last` it gives out all addresses of the prefix but those of network and broadcast.
 * Throws `forbidden`, and `invalid-input` for a taken name, ends outside the prefix, or a range that another pool has.
 */
export async function createAddressPool(
  viewer: Viewer,
  input: AddressPoolCreateInput,
  tx?: Db,
): Promise<AddressPoolResource> {
  if (!canAtProvider(viewer, 'address:manage')) throw forbidden('address:manage')
  const work = async (on: Db) => {
    await lockAllocation(on)
    const range = await rangeOf(on, input)
    await refuseOverlap(on, input.name, range)
    const row = await on.addressPool.create({ data: { name: input.name, ...range } })
    await emitEvent(on, { topic: 'addresses', id: row.id, accountId: null })
    const [pool] = await toResources(on, [row])
    return pool as AddressPoolResource
  }
  return tx ? work(tx) : retryingTransaction(work)
}

/** The prefix with its host bits cleared, and the ends of what is given out. */
async function rangeOf(on: Db, input: AddressPoolCreateInput): Promise<Range> {
  const [row] = await on.$queryRaw<
    (Range & { firstInside: boolean; lastInside: boolean; ordered: boolean })[]
  >`
    WITH given AS (
      SELECT network(${input.cidr}::inet)::inet AS net, ${input.first ?? null}::inet AS f, ${input.last ?? null}::inet AS l
    ), bounds AS (
      SELECT net, f, l,
        -- /31, /32, /127 and /128 have no network or broadcast address (RFC 3021, RFC 6164); IPv6 has no broadcast.
        CASE WHEN masklen(net) >= (CASE family(net) WHEN 4 THEN 31 ELSE 127 END) THEN 0 ELSE 1 END AS low,
        CASE WHEN family(net) = 6 OR masklen(net) >= 31 THEN 0 ELSE 1 END AS high,
        set_masklen(net, CASE family(net) WHEN 4 THEN 32 ELSE 128 END) AS lowest,
        set_masklen(broadcast(net), CASE family(net) WHEN 4 THEN 32 ELSE 128 END) AS highest
      FROM given
    ), ends AS (
      SELECT *, coalesce(f, lowest + low) AS first, coalesce(l, highest - high) AS last FROM bounds
    )
    SELECT text(net) AS cidr, host(first) AS first, host(last) AS last,
      first <<= net AS "firstInside", last <<= net AS "lastInside",
      family(first) = family(last) AND first <= last AS ordered
    FROM ends`
  if (!row) throw new Error('The database gave no row for a prefix.')
  const fields: Record<string, string> = {}
  if (!row.firstInside) fields.first = `Not in ${row.cidr}.`
  if (!row.lastInside) fields.last = `Not in ${row.cidr}.`
  if (row.firstInside && row.lastInside && !row.ordered) fields.last = 'Comes before the first address.'
  refuse(fields)
  return { cidr: row.cidr, first: row.first, last: row.last }
}

async function refuseOverlap(on: Db, name: string, range: Range): Promise<void> {
  const fields: Record<string, string> = {}
  const named = await on.addressPool.count({ where: { name: { equals: name, mode: 'insensitive' } } })
  if (named > 0) fields.name = 'Another pool has this name.'
  const [other] = await on.$queryRaw<{ name: string }[]>`
    SELECT name FROM address_pool WHERE family(first) = family(${range.first}::inet)
      AND first <= ${range.last}::inet AND last >= ${range.first}::inet ORDER BY name LIMIT 1`
  if (other) fields.cidr = `The pool ${other.name} gives out some of these addresses.`
  refuse(fields)
}

function refuse(fields: Record<string, string>): void {
  const names = Object.keys(fields)
  if (names.length > 0) throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields })
}
