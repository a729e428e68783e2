/** Which addresses an interface gets: those asked for, one of each pool asked for, or what is usual. */
import type { AddressSource, Assignment } from '../../addresses/assign.ts'
import type { ServingPool } from '../../addresses/serving.ts'
import { Problem } from '../../contract/problem.ts'
import { type InterfaceKind, isIpv6 } from '../../contract/ve-interface.ts'
import { wrong } from './routes.ts'

export type AddressWish = {
  kind: InterfaceKind
  /** Null: held already. */
  addresses?: readonly (string | null)[] | undefined
  poolIds?: readonly string[] | undefined
  delegate?: boolean | undefined
}

/** Throws `invalid-input` or `address-taken` at the field, below `prefix`; `no-free-address`. */
export async function pickAddresses(
  source: AddressSource,
  hostName: string,
  wish: AddressWish,
  prefix: string,
): Promise<Assignment[]> {
  const { kind, addresses, poolIds, delegate } = wish
  const pools = source.pools.filter((pool) => pool.kind === kind)
  const picked: Assignment[] = []
  for (const [index, address] of (addresses ?? []).entries())
    if (address !== null) picked.push(await source.claim(address, kind, `${prefix}addresses.${index}`))
  for (const [index, id] of (poolIds ?? []).entries()) {
    const pool = pools.find((each) => each.id === id)
    const field = `${prefix}poolIds.${index}`
    if (!pool) throw wrong(field, `No such pool serves ${kind} interfaces on the host of the VE.`)
    picked.push((await source.next([pool])) ?? usedUp([pool], field))
  }
  if (addresses === undefined && poolIds === undefined)
    picked.push(...(await usual(source, pools, hostName, kind)))
  if (delegate) picked.push(await delegated(source, pools, hostName, prefix))
  return picked
}

/** One address of each family that has a pool; of bridged ones, on one and the same link. */
async function usual(
  source: AddressSource,
  pools: readonly ServingPool[],
  hostName: string,
  kind: InterfaceKind,
): Promise<Assignment[]> {
  const plain = pools.filter(({ delegates }) => delegates === null)
  if (plain.length === 0)
    throw new Problem('no-free-address', `No address pool for ${kind} interfaces serves ${hostName}.`)
  const picked: Assignment[] = []
  for (const ipv6 of [false, true]) {
    const [link] = picked
    const ofFamily = plain
      .filter(({ first }) => isIpv6(first) === ipv6)
      .filter((pool) => !link || (pool.bridge === link.pool.bridge && pool.vlan === link.pool.vlan))
    if (ofFamily.length > 0) picked.push((await source.next(ofFamily)) ?? usedUp(ofFamily))
  }
  return picked
}

async function delegated(
  source: AddressSource,
  pools: readonly ServingPool[],
  hostName: string,
  prefix: string,
): Promise<Assignment> {
  const delegating = pools.filter(({ delegates }) => delegates !== null)
  const field = `${prefix}delegate`
  if (delegating.length === 0) {
    const sentence = `No pool that gives out whole networks serves ${hostName}.`
    throw new Problem('no-free-address', sentence, { fields: { [field]: sentence } })
  }
  return (await source.next(delegating)) ?? usedUp(delegating, field)
}

function usedUp(pools: readonly ServingPool[], field?: string): never {
  const sentence = `Every address is given out: ${pools.map(({ name }) => name).join(', ')}.`
  throw new Problem('no-free-address', sentence, field ? { fields: { [field]: sentence } } : {})
}
