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

type Moving = VeRow & { template: { name: string; definition: unknown } }

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
  const promised = await promisedByHost(on, [hostId], veId)
  return obstaclesOf(on, host, ve, promised)
}

/** `promised`: without what is kept for this VE. */
export async function obstaclesOf(
  on: Db,
  host: Candidate,
  ve: Moving,
  promised: Map<string, Promised>,
): Promise<MoveObstacle[]> {
  const judged = { ...host, promised: promised.get(host.id) ?? NOTHING_PROMISED }
  return [...ofPlace(judged, ve), ...(await ofAddresses(on, host, ve))]
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
  conflict: 'Wait until that host is online, or choose another.',
}

async function ofAddresses(on: Db, host: { id: string; name: string }, ve: Moving): Promise<MoveObstacle[]> {
  const { groupId } = await on.host.findUniqueOrThrow({ where: { id: host.id }, select: { groupId: true } })
  const served = new Set(poolsServing(await readPools(on), { id: host.id, groupId }).map(({ id }) => id))
  const held = await on.veAddress.findMany({
    where: { veId: ve.id, releasedAt: null },
    orderBy: { id: 'asc' },
    select: { address: true, poolId: true },
  })
  const foreign = held.filter(({ poolId }) => poolId !== null && !served.has(poolId))
  if (foreign.length === 0) return []
  const names = foreign.map(({ address }) => bareAddress(address)).join(', ')
  const sentence = `${host.name} is not served by the pool of ${names}: nothing sent there would arrive.`
  return [inTheWay(sentence, 'Bind the pool to that host or its group, or give the VE other addresses.')]
}
