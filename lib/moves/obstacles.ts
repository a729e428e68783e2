/** What of the panel's own record stands in the way of a move: room, limits, addresses. The agents know the rest. */
import { poolsServing, readPools } from '../addresses/serving.ts'
import type { Arch } from '../contract/arch.ts'
import { MOVE_KINDS, type MoveObstacle } from '../contract/moves.ts'
import { Problem } from '../contract/problem.ts'
import type { StorageDriver } from '../contract/storage.ts'
import type { VeNamespace } from '../contract/ve-application.ts'
import type { VeFeatures } from '../contract/ve-features.ts'
import type { Db } from '../db/client.ts'
import { candidateOf } from '../hosts/candidates.ts'
import { type Candidate, obstacle } from '../hosts/placement.ts'
import { NOTHING_PROMISED, type Promised, promisedByHost } from '../hosts/promised.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import { needsOf } from '../ves/privileges.ts'
import { bareAddress, VE_SPEC_INCLUDE, type VeRow } from '../ves/spec.ts'

const inTheWay = (text: string, remedy: string | null): MoveObstacle => ({
  kinds: [...MOVE_KINDS],
  text,
  remedy,
})

export type Moving = VeRow & { template: { name: string; definition: unknown } }

export function readMoving(on: Db, veId: string): Promise<Moving> {
  return on.ve.findUniqueOrThrow({
    where: { id: veId },
    include: { ...VE_SPEC_INCLUDE, template: { select: { name: true, definition: true } } },
  })
}

/** Empty when the host can take it, as far as the panel knows. Whatever it keeps there for this VE already counts as free. */
export async function moveObstacles(on: Db, veId: string, hostId: string): Promise<MoveObstacle[]> {
  const ve = await readMoving(on, veId)
  const host = await candidateOf(on, hostId, ve.templateId)
  if (!host) return [inTheWay('This host does not exist any more.', 'Choose another host.')]
  return obstaclesOf(host, ve, await readRecord(on, veId, [hostId]))
}

export type PanelRecord = {
  /** Without what is kept for this VE. */
  promised: ReadonlyMap<string, Promised>
  groups: Map<string, string | null>
  pools: Awaited<ReturnType<typeof readPools>>
  held: { address: string; poolId: string | null }[]
  /** Hosts that keep a disk of the VE from an earlier move; true: it is being removed. */
  kept: Map<string, boolean>
}

/** What is asked of these hosts, read once for all of them. */
export async function readRecord(on: Db, veId: string, hostIds: string[]): Promise<PanelRecord> {
  const hosts = await on.host.findMany({
    where: { id: { in: hostIds } },
    select: { id: true, groupId: true },
  })
  const kept = await on.keptDisk.findMany({ where: { veId }, select: { hostId: true, removing: true } })
  return {
    kept: new Map(kept.map(({ hostId, removing }) => [hostId, removing])),
    promised: await promisedByHost(on, hostIds, veId),
    groups: new Map(hosts.map(({ id, groupId }) => [id, groupId])),
    pools: await readPools(on),
    held: await on.veAddress.findMany({
      where: { veId, releasedAt: null },
      orderBy: { id: 'asc' },
      select: { address: true, poolId: true },
    }),
  }
}

/** Pure. */
export function obstaclesOf(host: Candidate, ve: Moving, record: PanelRecord): MoveObstacle[] {
  const judged = { ...host, promised: record.promised.get(host.id) ?? NOTHING_PROMISED }
  return [...ofPlace(judged, ve), ...ofKept(host, record), ...ofAddresses(host, record)]
}

function ofKept({ id, name }: Pick<Candidate, 'id' | 'name'>, { kept }: PanelRecord): MoveObstacle[] {
  const removing = kept.get(id)
  if (removing === undefined) return []
  const remedy = removing
    ? 'It is being removed: wait until that host has done so.'
    : 'Remove that disk first: it is listed with the VE’s moves.'
  return [inTheWay(`${name} keeps the disk that the VE had there before an earlier move.`, remedy)]
}

/** Throws `move-impossible` with all of them. */
export async function refuseObstacles(on: Db, veId: string, hostId: string): Promise<void> {
  const obstacles = await moveObstacles(on, veId, hostId)
  if (obstacles.length === 0) return
  const detail = obstacles.map(({ text, remedy }) => [text, remedy].filter(Boolean).join(' ')).join(' ')
  throw new Problem('move-impossible', detail, { fields: { hostId: detail }, context: { obstacles } })
}

/** Pure. */
export function ofPlace(host: Candidate, ve: Moving): MoveObstacle[] {
  const { init } = ve.template.definition as { init?: 'sysvinit' | 'systemd' }
  const problem = obstacle(host, {
    arch: ve.arch as Arch,
    init: init ?? 'sysvinit',
    templateName: ve.template.name,
    limits: limitsOfRow(ve),
    storage: ve.storage as StorageDriver,
    needs: needsOf({ namespaces: ve.namespaces as VeNamespace[], features: ve.features as VeFeatures }),
  })
  if (problem === null) return []
  return [inTheWay(problem.detail, REMEDY[problem.code] ?? 'Choose another host.')]
}

const REMEDY: Partial<Record<string, string>> = {
  'template-not-ready': 'Build the template on that host first.',
  'host-full': 'Make room there, make the VE smaller, or choose another host.',
  'capability-missing': 'Change what the VE asks for, or choose another host.',
  conflict: 'Wait until that host takes VEs again, or choose another.',
}

function ofAddresses(
  { id, name }: Pick<Candidate, 'id' | 'name'>,
  { groups, pools, held }: PanelRecord,
): MoveObstacle[] {
  const served = new Set(poolsServing(pools, { id, groupId: groups.get(id) ?? null }).map((pool) => pool.id))
  const foreign = held.filter(({ poolId }) => poolId !== null && !served.has(poolId))
  if (foreign.length === 0) return []
  const names = foreign.map(({ address }) => bareAddress(address)).join(', ')
  const sentence = `${name} is not served by the pool of ${names}: nothing sent there would arrive.`
  return [inTheWay(sentence, 'Bind the pool to that host or its group, or give the VE other addresses.')]
}
