/** What the page of a move shows. */
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { db } from '../db/client.ts'
import { candidatesFor } from '../hosts/candidates.ts'
import { spreadOf } from '../hosts/spread.ts'
import { getOperation } from '../operations/queries.ts'
import type { OperationResource } from '../operations/resource.ts'
import { obstaclesOf, readMoving, readRecord } from './obstacles.ts'

export type Destination = {
  id: string
  name: string
  /** Not used now; null when the host has not said. */
  memoryFreeBytes: number | null
  diskFreeBytes: number | null
  /** How many VEs of its spread group are there. */
  together: number
  /** Why the VE cannot go there, as far as the panel knows; empty when it can. */
  reasons: string[]
}

/** All hosts but the VE's own, those that fit first. None for whoever is not of the provider. */
export async function moveDestinations(viewer: Viewer, veId: string, on: Db = db()): Promise<Destination[]> {
  if (!canAtProvider(viewer, 've:move')) return []
  const ve = await readMoving(on, veId)
  const spread = spreadOf(ve)
  const hosts = (await candidatesFor(on, viewer, ve.templateId, spread)).filter(({ id }) => id !== ve.hostId)
  const ids = hosts.map(({ id }) => id)
  const record = await readRecord(on, veId, ids)
  const judged = hosts.map((host) => ({
    id: host.id,
    name: host.name,
    together: host.together,
    memoryFreeBytes: host.memoryBytes === null ? null : Math.max(0, host.memoryBytes - host.heldBytes),
    diskFreeBytes: host.facts?.vz?.freeBytes ?? null,
    reasons: obstaclesOf(host, ve, record).map(({ text, remedy }) =>
      [text, remedy].filter(Boolean).join(' '),
    ),
  }))
  const cannot = ({ reasons }: Destination) => Number(reasons.length > 0)
  return judged.sort((a, b) => cannot(a) - cannot(b) || a.together - b.together)
}

/** The latest check of a move to that host. */
export async function lastMoveCheck(
  viewer: Viewer,
  veId: string,
  hostId: string,
): Promise<OperationResource | null> {
  const row = await db().operation.findFirst({
    where: {
      ...{ type: 've-move-check', veId, ...ownedBy(viewer, 'operation:read') },
      input: { path: ['hostId'], equals: hostId },
    },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  return row && getOperation(viewer, row.id)
}

export async function lastMove(viewer: Viewer, veId: string): Promise<OperationResource | null> {
  const row = await db().operation.findFirst({
    where: { type: 've-move', veId, ...ownedBy(viewer, 'operation:read') },
    orderBy: { id: 'desc' },
    select: { id: true },
  })
  return row && getOperation(viewer, row.id)
}
