/** Moving many VEs: asking what would go where, and for a plan to be carried out. The worker does it. */
import { auditActor, recordAudit } from '../audit/record.ts'
import { canAtProvider, forbidden, providerAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { managing } from '../hosts/commands.ts'
import { enterMaintenance } from '../hosts/maintenance.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { AT_ONCE, PER_PAIR, type PlannedMove } from './planned.ts'
import type { BalanceInput, EvacuateInput, EvacuationPlanInput, FleetPlan } from './resource.ts'

type Started = Promise<{ operationId: string }>

/** Asks what would go where, and what cannot leave and why: the result of the operation. Throws `not-found`, `forbidden`, `conflict`. */
export function planEvacuation(
  viewer: Viewer,
  id: string,
  { restart = false }: EvacuationPlanInput,
  tx?: Db,
): Started {
  return managing(viewer, id, tx, async (on, host) => {
    refuseOthers(viewer)
    if (host.status !== 'online' && host.status !== 'maintenance')
      throw new Problem('conflict', `${host.name} is ${host.status}: it cannot say what may leave it.`)
    await refuseSecond(on, 'host-evacuation-plan', host)
    return enqueueOperation(on, {
      type: 'host-evacuation-plan',
      input: { hostId: host.id, restart },
      title: `Plan the evacuation of ${host.name}`,
      ...aboutHost(viewer, host),
    })
  })
}

/**
 * Takes the host into maintenance and moves its VEs away as planned. Throws `not-found`, `forbidden`; `invalid-input` for a plan that
 * is not the latest of this host; `conflict` while it is being evacuated, and where nothing can leave.
 */
export function evacuateHost(viewer: Viewer, id: string, input: EvacuateInput, tx?: Db): Started {
  return managing(viewer, id, tx, async (on, host) => {
    refuseOthers(viewer)
    await refuseSecond(on, 'host-evacuate', host)
    const moves = await latestPlan(on, host, input.planId)
    if (moves.length === 0)
      throw new Problem('conflict', `None of the VEs on ${host.name} can leave it, or there is none.`)
    await enterMaintenance(on, host)
    const about = aboutHost(viewer, host)
    await recordAudit(on, {
      ...{ action: 'host-evacuate', actor: auditActor(viewer), subject: host.name },
      ...{ accountId: host.accountId, hostId: host.id, details: { ves: moves.length } },
    })
    return enqueueOperation(on, {
      type: 'host-evacuate',
      input: { hostId: host.id, moves, ...budgetOf(input) },
      title: `Evacuate ${host.name}`,
      ...about,
    })
  })
}

/** Moves VEs as proposed. Each move is judged again when its turn comes. Throws `forbidden`, and `conflict` while one is under way. */
export function balanceFleet(viewer: Viewer, input: BalanceInput, tx?: Db): Started {
  refuseOthers(viewer)
  const accountId = providerAccount(viewer, 'host:manage')
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('fleet-balance', 0))`
    await refuseSecond(on, 'fleet-balance', null)
    const { moves } = input
    await recordAudit(on, {
      ...{ action: 'fleet-balance', actor: auditActor(viewer), accountId, subject: 'All hosts' },
      details: { ves: moves.length },
    })
    return enqueueOperation(on, {
      type: 'fleet-balance',
      input: { moves, ...budgetOf(input) },
      title: `Move ${moves.length} ${moves.length === 1 ? 'VE' : 'VEs'} for an even load`,
      actor: actorOf(viewer),
      accountId,
    })
  })
}

function refuseOthers(viewer: Viewer): void {
  for (const permission of ['host:manage', 've:move'] as const)
    if (!canAtProvider(viewer, permission)) throw forbidden(permission)
}

async function refuseSecond(
  on: Db,
  type: 'host-evacuation-plan' | 'host-evacuate' | 'fleet-balance',
  host: Host | null,
): Promise<void> {
  const live = await on.operation.findFirst({
    where: { type, status: { in: ['queued', 'running'] }, ...(host ? { hostId: host.id } : {}) },
    select: { title: true, status: true },
  })
  if (live) throw new Problem('conflict', `“${live.title}” is ${live.status} already.`)
}

async function latestPlan(on: Db, host: Host, planId: string): Promise<PlannedMove[]> {
  const plan = await on.operation.findFirst({
    where: { type: 'host-evacuation-plan', hostId: host.id, status: 'succeeded' },
    orderBy: { id: 'desc' },
    select: { id: true, result: true },
  })
  if (plan?.id !== planId)
    throw new Problem('invalid-input', 'Not valid: planId.', {
      fields: { planId: `This is not the latest plan for ${host.name}: look at that one first.` },
    })
  return (plan.result as FleetPlan).moves.map(({ ve, from, to, kind }) => ({ ve, from, to, kind }))
}

const aboutHost = (viewer: Viewer, { id, accountId }: Host) => ({
  actor: actorOf(viewer),
  accountId,
  hostId: id,
})

const budgetOf = ({
  perPair = PER_PAIR.usual,
  atOnce = AT_ONCE.usual,
}: Pick<EvacuateInput, 'perPair' | 'atOnce'>) => ({
  perPair,
  atOnce,
})
