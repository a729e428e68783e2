/** The range of a pool: worked out from what was given, and checked. */
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'

export type RangeInput = {
  cidr: string
  first?: string | undefined
  last?: string | undefined
  gateway?: string | null | undefined
  delegates?: number | null | undefined
}

/** `end`: the last address that is given out; beyond `last` if that is the first address of a delegated network. */
export type Range = { cidr: string; first: string; last: string; end: string; gateway: string | null }

type Row = Range & {
  ofHosts: boolean
  firstInside: boolean
  lastInside: boolean
  firstAligned: boolean
  lastAligned: boolean
  ordered: boolean
  gatewayInside: boolean
  gatewayIsHost: boolean
  gatewayGivenOut: boolean
}

/**
 * The prefix with its host bits cleared, and the ends of what is given out: without `first` and `last` all of it but
 * network, broadcast and a gateway at either end. Throws `invalid-input` with the field.
 */
export async function rangeOf(on: Db, input: RangeInput): Promise<Range> {
  const row = await read(on, input)
  const fields: Record<string, string> = {}
  if (!row.ofHosts) fields.cidr = 'These are no addresses for hosts: loopback, link-local or multicast.'
  if (!row.firstInside) fields.first = `Not in ${row.cidr}.`
  else if (!row.firstAligned) fields.first = `Not the first address of a /${input.delegates} network.`
  if (!row.lastInside) fields.last = `Not in ${row.cidr}.`
  else if (!row.lastAligned) fields.last = `Not the first address of a /${input.delegates} network.`
  else if (row.firstInside && !row.ordered) fields.last = 'Comes before the first address.'
  if (row.gateway !== null) {
    if (!row.gatewayInside) fields.gateway = `Not in ${row.cidr}.`
    else if (!row.gatewayIsHost) fields.gateway = `The network or broadcast address of ${row.cidr}.`
    else if (row.gatewayGivenOut)
      fields.gateway = 'Among the addresses that are given out: choose where they begin and end around it.'
  }
  refuse(fields)
  const { cidr, first, last, end, gateway } = row
  return { cidr, first, last, end, gateway }
}

async function read(on: Db, input: RangeInput): Promise<Row> {
  const [row] = await on.$queryRaw<Row[]>`
    WITH given AS (
      SELECT network(${input.cidr}::inet)::inet AS net, ${input.first ?? null}::inet AS f, ${input.last ?? null}::inet AS l,
        ${input.gateway ?? null}::inet AS gateway, ${input.delegates ?? null}::int AS delegates,
        CASE family(${input.cidr}::inet) WHEN 4 THEN 32 ELSE 128 END AS widest
    ), bounds AS (
      SELECT *, coalesce(delegates, widest) AS len,
        -- /31, /32, /127 and /128 have no network or broadcast address (RFC 3021, RFC 6164); IPv6 has no broadcast.
        CASE WHEN delegates IS NOT NULL OR masklen(net) >= widest - 1 THEN 0 ELSE 1 END AS low,
        CASE WHEN delegates IS NOT NULL OR widest = 128 OR masklen(net) >= widest - 1 THEN 0 ELSE 1 END AS high,
        set_masklen(net, widest) AS lowest, set_masklen(broadcast(net), widest) AS highest
      FROM given
    ), usual AS (
      SELECT *, lowest + low AS usual_first,
        set_masklen(network(set_masklen(highest - high, len))::inet, widest) AS usual_last
      FROM bounds
    ), ends AS (
      SELECT *,
        coalesce(f, CASE WHEN gateway = usual_first AND usual_first < usual_last THEN usual_first + 1 ELSE usual_first END) AS first,
        coalesce(l, CASE WHEN gateway = usual_last AND usual_first < usual_last THEN usual_last - 1 ELSE usual_last END) AS last
      FROM usual
    ), lengths AS (
      -- An end of the other family is refused below, and has no such length.
      SELECT *, least(len, CASE family(first) WHEN 4 THEN 32 ELSE 128 END) AS first_len,
        least(len, CASE family(last) WHEN 4 THEN 32 ELSE 128 END) AS last_len FROM ends
    )
    SELECT text(net) AS cidr, host(first) AS first, host(last) AS last, host(gateway) AS gateway,
      host(broadcast(set_masklen(last, last_len))) AS end,
      NOT (net && ANY (ARRAY['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3',
        '::/96', '::ffff:0:0/96', 'fe80::/10', 'ff00::/8']::inet[])) AS "ofHosts",
      first <<= net AS "firstInside", last <<= net AS "lastInside",
      family(first) = family(last) AND first <= last AS ordered,
      host(network(set_masklen(first, first_len))) = host(first) AS "firstAligned",
      host(network(set_masklen(last, last_len))) = host(last) AS "lastAligned",
      coalesce(gateway <<= net, false) AS "gatewayInside",
      coalesce(low = 0 OR gateway <> lowest, false) AND coalesce(high = 0 OR gateway <> highest, false) AS "gatewayIsHost",
      coalesce(gateway BETWEEN first AND last, false) AS "gatewayGivenOut"
    FROM lengths`
  if (!row) throw new Error('The database gave no row for a prefix.')
  return row
}

export function refuse(fields: Record<string, string>): void {
  const names = Object.keys(fields)
  if (names.length > 0) throw new Problem('invalid-input', `Not valid: ${names.join(', ')}.`, { fields })
}
