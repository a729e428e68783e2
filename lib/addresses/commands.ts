/** Making, changing and removing address pools. All of it under the allocation lock: what is free stays so meanwhile. */

import { type AuditDetails, auditActor, recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { canAtProvider, forbidden, providerAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { AddressPool } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { lockAllocation } from './allocation-lock.ts'
import { bindPool } from './bindings.ts'
import { refuseOverlap } from './overlap.ts'
import { getAddressPool } from './queries.ts'
import { type Range, rangeOf, refuse } from './range.ts'
import type { AddressPoolCreateInput, AddressPoolResource, AddressPoolUpdateInput } from './resource.ts'

/**
 * Makes a pool. Without `first` and `last` it gives out all of the prefix but network, broadcast and gateway. Throws
 * `forbidden`; `invalid-input` with the field for a taken name, ends or a gateway outside the prefix, a gateway or a
 * host among what is given out, an unknown host or group; `pool-overlap` for addresses that another pool gives out.
 */
export async function createAddressPool(
  viewer: Viewer,
  input: AddressPoolCreateInput,
  tx?: Db,
): Promise<AddressPoolResource> {
  return managing(viewer, tx, async (on) => {
    const range = await rangeOf(on, input)
    await refuseTakenName(on, input.name, null)
    const field = input.first === undefined && input.last === undefined ? 'cidr' : 'first'
    await refuseOverlap(on, { range, field, poolId: null })
    const { end: _, ...columns } = range
    const { name, kind = 'routed', bridge = null, vlan = null, delegates = null } = input
    const row = await on.addressPool.create({ data: { name, kind, bridge, vlan, delegates, ...columns } })
    return changed(on, viewer, row.id, input)
  })
}

/**
 * Changes name, ends, gateway or bindings. Throws as above, `not-found`, and `invalid-input` for ends that would leave
 * out an address that a VE has.
 */
export async function updateAddressPool(
  viewer: Viewer,
  id: string,
  input: AddressPoolUpdateInput,
  tx?: Db,
): Promise<AddressPoolResource> {
  return managing(viewer, tx, async (on) => {
    const pool = await findPool(on, id)
    if (input.name !== undefined) await refuseTakenName(on, input.name, pool.id)
    if ((input.gateway ?? null) !== null && pool.kind === 'routed')
      refuse({ gateway: 'Only bridged pools have one.' })
    const { cidr, delegates } = pool
    const { first = pool.first, last = pool.last, gateway = pool.gateway } = input
    const range = await rangeOf(on, { cidr, delegates, first, last, gateway })
    await refuseOverlap(on, { range, field: 'first', poolId: pool.id })
    await refuseLeftOut(on, pool, range)
    const { end: _, ...columns } = range
    const name = input.name ?? pool.name
    await on.addressPool.update({ where: { id: pool.id }, data: { ...columns, name } })
    return changed(on, viewer, pool.id, input)
  })
}

/** Forgets a pool that no VE has an address of; who had which stays known. Throws `forbidden`, `not-found`, `conflict`. */
export async function removeAddressPool(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return managing(viewer, tx, async (on) => {
    const pool = await findPool(on, id)
    const where = { addresses: { some: { poolId: pool.id, releasedAt: null } } }
    const holders = await on.ve.findMany({
      where,
      select: { name: true },
      orderBy: { name: 'asc' },
      take: NAMED,
    })
    if (holders.length > 0) {
      const more = (await on.ve.count({ where })) - holders.length
      const names = holders.map(({ name }) => name).join(', ')
      throw new Problem(
        'conflict',
        `VEs have addresses of ${pool.name}: ${names}${more > 0 ? ` and ${more} more` : ''}.`,
      )
    }
    await on.addressPool.delete({ where: { id: pool.id } })
    await note(on, viewer, pool.name, { removed: true, range: pool.cidr })
    await emitEvent(on, { topic: 'addresses', id: pool.id, accountId: null })
  })
}
const NAMED = 10

async function managing<T>(viewer: Viewer, tx: Db | undefined, work: (on: Db) => Promise<T>): Promise<T> {
  if (!canAtProvider(viewer, 'address:manage')) throw forbidden('address:manage')
  const run = async (on: Db) => {
    await lockAllocation(on)
    return work(on)
  }
  return within(tx, run)
}

async function changed(
  on: Db,
  viewer: Viewer,
  poolId: string,
  bindings: Parameters<typeof bindPool>[2],
): Promise<AddressPoolResource> {
  await bindPool(on, poolId, bindings)
  await emitEvent(on, { topic: 'addresses', id: poolId, accountId: null })
  const pool = await getAddressPool(viewer, poolId, on)
  const { cidr, first, last, gateway } = pool
  await note(on, viewer, pool.name, {
    range: cidr,
    first,
    last,
    ...(gateway ? { gateway } : {}),
    hosts: pool.hosts.map(({ name }) => name),
    groups: pool.groups.map(({ name }) => name),
  })
  return pool
}

function note(on: Db, viewer: Viewer, subject: string, details: AuditDetails): Promise<void> {
  const accountId = providerAccount(viewer, 'address:manage')
  const entry = { action: 'pool-change' as const, actor: auditActor(viewer), accountId, subject }
  return recordAudit(on, { ...entry, details })
}

async function findPool(on: Db, id: string): Promise<AddressPool> {
  const pool = await on.addressPool.findUnique({ where: { id: idOf('address pool', id) } })
  if (!pool) throw notFound('address pool')
  return pool
}

async function refuseTakenName(on: Db, name: string, poolId: string | null): Promise<void> {
  const where = {
    name: { equals: name, mode: 'insensitive' as const },
    ...(poolId ? { id: { not: poolId } } : {}),
  }
  if ((await on.addressPool.count({ where })) > 0) refuse({ name: 'Another pool has this name.' })
}

async function refuseLeftOut(on: Db, pool: AddressPool, range: Range): Promise<void> {
  const [row] = await on.$queryRaw<{ address: string; name: string; below: boolean }[]>`
    SELECT host(held.address) AS address, ve.name, held.address < ${range.first}::inet AS below
    FROM (
      SELECT ve_id, set_masklen(address, masklen(${range.first}::inet)) AS address FROM ve_address
      WHERE pool_id = ${pool.id}::uuid AND released_at IS NULL
    ) AS held JOIN ve ON ve.id = held.ve_id
    WHERE held.address NOT BETWEEN ${range.first}::inet AND ${range.last}::inet
    ORDER BY held.address LIMIT 1`
  if (row)
    refuse({ [row.below ? 'first' : 'last']: `${row.name} has ${row.address}, which would be left out.` })
}
