/** What the page of a move shows. */
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { db } from '../db/client.ts'
import { candidatesFor } from '../hosts/candidates.ts'
import { getOperation } from '../operations/queries.ts'
import type { OperationResource } from '../operations/resource.ts'
import { obstaclesOf, readMoving, readRecord } from './obstacles.ts'

export type Destination = {
  id: string
  name: string
  /** Not used now; null when the host has not said. */
  memoryFreeBytes: number | null
  diskFreeBytes: number | null
  /** Why the VE cannot go there, as far as the panel knows; empty when it can. */
  reasons: string[]
}

/** All hosts but the VE's own, those that fit first. None for whoever is not of the provider. */
export async function moveDestinations(viewer: Viewer, veId: string, on: Db = db()): Promise<Destination[]> {
  if (!canAtProvider(viewer, 've:move')) return []
  const ve = await readMoving(on, veId)
  const hosts = (await candidatesFor(on, viewer, ve.templateId)).filter(({ id }) => id !== ve.hostId)
  const ids = hosts.map(({ id }) => id)
  const record = await readRecord(on, veId, ids)
  const judged = hosts.map((host) => ({
    id: host.id,
    name: host.name,
    memoryFreeBytes: host.memoryBytes === null ? null : Math.max(0, host.memoryBytes - host.heldBytes),
    diskFreeBytes: host.facts?.vz?.freeBytes ?? null,
    reasons: obstaclesOf(host, ve, record).map(({ text, remedy }) =>
      [text, remedy].filter(Boolean).join(' '),
    ),
  }))
  return judged.sort((a, b) => Number(a.reasons.length > 0) - Number(b.reasons.length > 0))
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
