/** Making, changing and removing groups of hosts. A host is in at most one. */
import { lockAllocation } from '../addresses/allocation-lock.ts'
import { type AuditDetails, auditActor, recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { canAtProvider, forbidden, providerAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { getHostGroup } from './queries.ts'
import type { HostGroupCreateInput, HostGroupResource, HostGroupUpdateInput } from './resource.ts'

/** Throws `forbidden`; `invalid-input` for a taken name, an unknown host, or one that is in another group. */
export function createHostGroup(
  viewer: Viewer,
  input: HostGroupCreateInput,
  tx?: Db,
): Promise<HostGroupResource> {
  return managing(viewer, tx, async (on) => {
    await refuseTakenName(on, input.name, null)
    const { id } = await on.hostGroup.create({ data: { name: input.name } })
    await setMembers(on, id, input.hostIds ?? [])
    return changed(on, viewer, id)
  })
}

/** Throws as above, and `not-found`. Addresses that VEs have stay theirs, whichever pools serve their host now. */
export function updateHostGroup(
  viewer: Viewer,
  id: string,
  input: HostGroupUpdateInput,
  tx?: Db,
): Promise<HostGroupResource> {
  return managing(viewer, tx, async (on) => {
    const group = await findGroup(on, id)
    if (input.name !== undefined) await refuseTakenName(on, input.name, group.id)
    if (input.name !== undefined)
      await on.hostGroup.update({ where: { id: group.id }, data: { name: input.name } })
    if (input.hostIds) await setMembers(on, group.id, input.hostIds)
    return changed(on, viewer, group.id)
  })
}

/** Its hosts stay, in no group. Throws `forbidden`, `not-found`, `conflict` while a pool is bound to it. */
export function removeHostGroup(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return managing(viewer, tx, async (on) => {
    const group = await findGroup(on, id)
    const pools = await on.addressPool.findMany({
      where: { groups: { some: { groupId: group.id } } },
      select: { name: true },
      orderBy: { name: 'asc' },
    })
    // Without its group such a pool might be bound to nothing, and serve every host.
    if (pools.length > 0)
      throw new Problem(
        'conflict',
        `Address pools are bound to ${group.name}: ${pools.map(({ name }) => name).join(', ')}.`,
      )
    await on.hostGroup.delete({ where: { id: group.id } })
    await note(on, viewer, group.name, { removed: true })
    await tell(on, group.id)
  })
}

async function managing<T>(viewer: Viewer, tx: Db | undefined, work: (on: Db) => Promise<T>): Promise<T> {
  if (!canAtProvider(viewer, 'host:manage')) throw forbidden('host:manage')
  // Which pools serve a host is part of what is given out.
  const run = async (on: Db) => {
    await lockAllocation(on)
    return work(on)
  }
  return within(tx, run)
}

async function findGroup(on: Db, id: string) {
  const group = await on.hostGroup.findUnique({ where: { id: idOf('host group', id) } })
  if (!group) throw notFound('host group')
  return group
}

async function setMembers(on: Db, groupId: string, given: readonly string[]): Promise<void> {
  const hostIds = [...new Set(given)]
  const hosts = await on.host.findMany({
    where: { id: { in: hostIds } },
    select: { name: true, groupId: true, group: { select: { name: true } } },
    orderBy: { name: 'asc' },
  })
  if (hosts.length < hostIds.length) throw wrong('hostIds', 'There is no host with one of these ids.')
  const other = hosts.find((host) => host.groupId !== null && host.groupId !== groupId)
  if (other) throw wrong('hostIds', `${other.name} is in the group ${other.group?.name} already.`)
  await on.host.updateMany({ where: { groupId, id: { notIn: hostIds } }, data: { groupId: null } })
  await on.host.updateMany({ where: { id: { in: hostIds } }, data: { groupId } })
}

async function refuseTakenName(on: Db, name: string, groupId: string | null): Promise<void> {
  const where = {
    name: { equals: name, mode: 'insensitive' as const },
    ...(groupId ? { id: { not: groupId } } : {}),
  }
  if ((await on.hostGroup.count({ where })) > 0) throw wrong('name', 'Another group has this name.')
}

async function changed(on: Db, viewer: Viewer, id: string): Promise<HostGroupResource> {
  const group = await getHostGroup(viewer, id, on)
  await note(on, viewer, group.name, { hosts: group.hosts.map(({ name }) => name) })
  await tell(on, id)
  return group
}

function note(on: Db, viewer: Viewer, subject: string, details: AuditDetails): Promise<void> {
  const accountId = providerAccount(viewer, 'host:manage')
  const entry = { action: 'host-group-change' as const, actor: auditActor(viewer), accountId, subject }
  return recordAudit(on, { ...entry, details })
}

/** Pages of hosts and of addresses show it. */
async function tell(on: Db, id: string): Promise<void> {
  await emitEvent(on, { topic: 'host-group', id, accountId: null })
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
