/** What may not share addresses with a pool: other pools, their gateways, and hosts themselves. */
import { isIP } from 'node:net'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { type Range, refuse } from './range.ts'

/** `field`: where the reader can mend it. `poolId`: the pool that is changed, which does not overlap with itself. */
export type Claim = { range: Range; field: 'cidr' | 'first'; poolId: string | null }

/**
 * Throws `pool-overlap` when another pool gives out some of these addresses, delegated or not; `invalid-input` when a
 * host's own address or another pool's gateway is among them, or the gateway is given out by another pool.
 */
export async function refuseOverlap(on: Db, claim: Claim): Promise<void> {
  const other = await overlapping(on, claim)
  if (other) {
    const sentence = `The pool ${other} gives out some of these addresses.`
    throw new Problem('pool-overlap', sentence, { fields: { [claim.field]: sentence } })
  }
  refuse({ ...(await gatewayFaults(on, claim)), ...(await hostFaults(on, claim)) })
}

async function overlapping(on: Db, { range, poolId }: Claim): Promise<string | undefined> {
  const [other] = await on.$queryRaw<{ name: string }[]>`
    SELECT name FROM address_pool WHERE id IS DISTINCT FROM ${poolId}::uuid
      AND family(first) = family(${range.first}::inet) AND first <= ${range.end}::inet
      AND set_masklen(broadcast(set_masklen(last, coalesce(delegates, masklen(last)))), masklen(last)) >= ${range.first}::inet
    ORDER BY name LIMIT 1`
  return other?.name
}

async function gatewayFaults(on: Db, { range, poolId, field }: Claim): Promise<Record<string, string>> {
  const [theirs] = await on.$queryRaw<{ name: string; gateway: string }[]>`
    SELECT name, host(gateway) AS gateway FROM address_pool WHERE id IS DISTINCT FROM ${poolId}::uuid
      AND family(gateway) = family(${range.first}::inet) AND gateway BETWEEN ${range.first}::inet AND ${range.end}::inet
    ORDER BY name LIMIT 1`
  if (theirs) return { [field]: `${theirs.gateway} is the gateway of the pool ${theirs.name}.` }
  if (range.gateway === null) return {}
  const name = await overlapping(on, {
    range: { ...range, first: range.gateway, end: range.gateway },
    poolId,
    field,
  })
  return name === undefined ? {} : { gateway: `The pool ${name} gives this address out.` }
}

async function hostFaults(on: Db, { range, field }: Claim): Promise<Record<string, string>> {
  const [inside] = await on.$queryRaw<{ address: string }[]>`
    SELECT address FROM unnest(${await hostAddresses(on)}::text[]) AS address
    WHERE family(address::inet) = family(${range.first}::inet)
      AND address::inet BETWEEN ${range.first}::inet AND ${range.end}::inet LIMIT 1`
  if (!inside) return {}
  const host = await on.host.findFirst({ where: { address: inside.address }, select: { name: true } })
  return { [field]: `${inside.address} is the address of the host ${host?.name}: leave it out.` }
}

/** Those that are known by address, not by a DNS name. */
export async function hostAddresses(on: Db): Promise<string[]> {
  const hosts = await on.host.findMany({ select: { address: true } })
  return hosts.map(({ address }) => address).filter((address) => isIP(address) !== 0)
}
