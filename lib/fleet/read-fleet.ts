/** What a plan of moves is made from, as the panel's record has it. */
import { readPools } from '../addresses/serving.ts'
import type { Db } from '../db/client.ts'
import { candidatesOf } from '../hosts/candidates.ts'
import type { Candidate } from '../hosts/placement.ts'
import { promisedByHost } from '../hosts/promised.ts'
import type { Moving } from '../moves/obstacles.ts'
import { VE_SPEC_INCLUDE } from '../ves/spec.ts'
import { type Fleet, spreadKey } from './plan-moves.ts'

/** All hosts of the account, and everything on them that a choice depends on. `rows`: the VEs that places are looked for. */
export async function readFleet(on: Db, accountId: string, rows: readonly Moving[]): Promise<Fleet> {
  const hosts = await on.host.findMany({ where: { accountId }, select: { id: true, groupId: true } })
  const byTemplate = new Map<string, Candidate[]>()
  for (const templateId of new Set(rows.map((row) => row.templateId)))
    byTemplate.set(templateId, await candidatesOf(on, accountId, templateId))
  return {
    hosts: (templateId) => byTemplate.get(templateId) ?? [],
    promised: await promisedByHost(
      on,
      hosts.map(({ id }) => id),
    ),
    groups: new Map(hosts.map(({ id, groupId }) => [id, groupId])),
    pools: await readPools(on),
    spread: await readSpread(on, rows),
  }
}

async function readSpread(on: Db, rows: readonly Moving[]): Promise<Map<string, Map<string, number>>> {
  const groups = [...new Set(rows.flatMap(({ spreadGroup }) => spreadGroup ?? []))]
  const members = await on.ve.findMany({
    where: { spreadGroup: { in: groups }, destroyedAt: null },
    select: { accountId: true, spreadGroup: true, hostId: true, movingToId: true },
  })
  const spread = new Map<string, Map<string, number>>()
  for (const member of members) {
    const key = spreadKey(member) as string
    const counts = spread.get(key) ?? new Map<string, number>()
    for (const id of [member.hostId, member.movingToId])
      if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
    spread.set(key, counts)
  }
  return spread
}

export async function readRows(
  on: Db,
  where: { hostId?: string; host?: { accountId: string } },
): Promise<Moving[]> {
  return on.ve.findMany({
    where: { ...where, destroyedAt: null },
    include: { ...VE_SPEC_INCLUDE, template: { select: { name: true, definition: true } } },
    orderBy: { veid: 'asc' },
  })
}

/** By VE: the addresses it has, and of which pools. */
/** What the record has of each of these VEs: its addresses, and the disks that it left behind. */
export async function readOwn(on: Db, veIds: readonly string[]) {
  const held = await on.veAddress.findMany({
    where: { veId: { in: [...veIds] }, releasedAt: null },
    orderBy: { id: 'asc' },
    select: { veId: true, address: true, poolId: true },
  })
  const kept = await on.keptDisk.findMany({
    where: { veId: { in: [...veIds] } },
    select: { veId: true, hostId: true, removing: true },
  })
  return (veId: string) => ({
    held: held.filter((each) => each.veId === veId),
    kept: new Map(
      kept.filter((each) => each.veId === veId).map(({ hostId, removing }) => [hostId, removing] as const),
    ),
  })
}
