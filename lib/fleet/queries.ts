/** Plans of moves and how far they are, as pages and the API see them. They are the provider's. */
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, forbidden, type Viewer } from '../auth/viewer.ts'
import { db } from '../db/client.ts'
import { getHost } from '../hosts/queries.ts'
import { isLive, type OperationStatus } from '../operations/definition.ts'
import { getOperation } from '../operations/queries.ts'
import type { CarriedOut } from './carry-out.ts'
import type { PlannedMove } from './planned.ts'
import type { EvacuationResource, FleetPlan, FleetProgress } from './resource.ts'

const SHOWN = 100

/** The latest plan for a host and its latest evacuation. Throws `not-found`, `forbidden`. */
export async function getEvacuation(viewer: Viewer, hostId: string): Promise<EvacuationResource> {
  if (!canAtProvider(viewer, 've:move')) throw forbidden('ve:move')
  const { id } = await getHost(viewer, hostId)
  const planning = await latest(viewer, 'host-evacuation-plan', id)
  const evacuation = await latest(viewer, 'host-evacuate', id)
  const asked = planning ? await getOperation(viewer, planning.id) : null
  return {
    planning: asked,
    plan: asked?.status === 'succeeded' ? (asked.result as FleetPlan) : null,
    progress: evacuation && (await progressOf(viewer, evacuation)),
  }
}

/** The latest moves for an even load. Throws `forbidden`. */
export async function lastBalance(viewer: Viewer): Promise<FleetProgress | null> {
  if (!canAtProvider(viewer, 've:move')) throw forbidden('ve:move')
  const row = await latest(viewer, 'fleet-balance', null)
  return row && progressOf(viewer, row)
}

type Row = { id: string; input: unknown; steps: { output: unknown }[] }

function latest(viewer: Viewer, type: string, hostId: string | null): Promise<Row | null> {
  return db().operation.findFirst({
    where: { type, ...(hostId ? { hostId } : {}), ...ownedBy(viewer, 'operation:read') },
    orderBy: { id: 'desc' },
    select: { id: true, input: true, steps: { where: { name: 'move' }, select: { output: true } } },
  })
}

async function progressOf(viewer: Viewer, row: Row): Promise<FleetProgress> {
  const { moves } = row.input as { moves: PlannedMove[] }
  const operation = await getOperation(viewer, row.id)
  const parts = await db().operation.findMany({
    where: { parentId: row.id },
    select: { id: true, veId: true, status: true, problem: true },
  })
  const byVe = new Map(parts.map((part) => [part.veId, part]))
  const done = (row.steps[0]?.output ?? null) as CarriedOut | null
  const refused = new Map((done?.failed ?? []).map(({ ve, text }) => [ve.id, text]))
  const passed = new Set(done?.passed ?? [])
  const open = moves.flatMap(({ ve, to }): FleetProgress['open'] => {
    const part = byVe.get(ve.id)
    if (part?.status === 'succeeded' || (!part && passed.has(ve.name))) return []
    const text = (part?.problem as { detail?: string } | null)?.detail ?? refused.get(ve.id) ?? null
    const status = part?.status ?? (refused.has(ve.id) ? 'refused' : 'waiting')
    return [{ ve, to, operationId: part?.id ?? null, status, text }]
  })
  const count = (wanted: (status: OperationStatus) => boolean) =>
    parts.filter(({ status }) => wanted(status)).length
  return {
    operation,
    total: moves.length,
    moved: count((status) => status === 'succeeded'),
    running: count(isLive),
    failed: open.filter(({ status }) => status === 'refused' || ENDED_BADLY.includes(status)).length,
    open: open.slice(0, SHOWN),
  }
}
const ENDED_BADLY: readonly string[] = ['failed', 'cancelled', 'stuck']
