/** Making plans, giving them new versions, removing them. */
import { recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedOrOffered } from '../auth/scope.ts'
import { demand, homeAccount, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { DEFAULT_LIMITS, type VeLimits, withLimits } from '../contract/ve-limits.ts'
import type { Db } from '../db/client.ts'
import type { Plan } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitEvent } from '../events/emit.ts'
import { limitDifferences } from '../limits/limit-differences.ts'
import { actorOf } from '../operations/commands.ts'
import { refuseContradictoryLimits } from '../ves/limits/refuse-limits.ts'
import { getPlan } from './queries.ts'
import type { PlanCreateInput, PlanResource, PlanVersionInput } from './resource.ts'

/**
 * With its first version. It belongs to the viewer's own account. Throws `forbidden`, also for what only the provider gives;
 * `invalid-input` for a name that the account has given, and for limits that contradict each other.
 */
export async function createPlan(viewer: Viewer, input: PlanCreateInput, tx?: Db): Promise<PlanResource> {
  const accountId = homeAccount(viewer, 'plan:manage')
  const limits = withLimits(DEFAULT_LIMITS, input.limits ?? {})
  refuseContradictoryLimits(viewer, DEFAULT_LIMITS, limits)
  return within(tx, async (on) => {
    await refuseTakenName(on, accountId, input.name)
    const { name, description = '' } = input
    const plan = await on.plan.create({ data: { accountId, name, description } })
    await writeVersion(on, viewer, plan, { number: 1, limits, note: input.note ?? '' })
    return getPlan(viewer, plan.id, on)
  })
}

/**
 * VEs that use the plan keep theirs until it is rolled out. Throws `not-found`, `forbidden`, `invalid-input`, and `conflict` when
 * nothing is different from the latest.
 */
export function newVersion(
  viewer: Viewer,
  id: string,
  input: PlanVersionInput,
  tx?: Db,
): Promise<PlanResource> {
  return managing(viewer, id, tx, async (on, plan) => {
    const { latest } = await getPlan(viewer, plan.id, on)
    const limits = withLimits(latest.limits, input.limits)
    refuseContradictoryLimits(viewer, latest.limits, limits)
    if (limitDifferences(latest.limits, limits).length === 0)
      throw new Problem('conflict', `Nothing is different from version ${latest.number}.`)
    await writeVersion(on, viewer, plan, { number: latest.number + 1, limits, note: input.note ?? '' })
    return getPlan(viewer, plan.id, on)
  })
}

/** With all its versions. Throws `not-found`, `forbidden`, and `conflict` while VEs use it or are being given it. */
export function removePlan(viewer: Viewer, id: string, tx?: Db): Promise<void> {
  return managing(viewer, id, tx, async (on, plan) => {
    const ves = await on.ve.count({ where: { planVersion: { planId: plan.id }, destroyedAt: null } })
    if (ves > 0)
      throw new Problem(
        'conflict',
        `${ves} ${ves === 1 ? 'VE uses' : 'VEs use'} ${plan.name}: give them another plan, or none, first.`,
      )
    const live = { planId: plan.id, status: { in: ['queued' as const, 'running' as const] } }
    if ((await on.operation.count({ where: live })) > 0)
      throw new Problem('conflict', `A VE is being given ${plan.name}: wait until that has ended.`)
    await on.plan.delete({ where: { id: plan.id } })
    await note(on, viewer, plan, { removed: true })
  })
}

/** The row is locked until the transaction ends: versions are numbered one after the other, and no VE is given it meanwhile. */
export async function managing<T>(
  viewer: Viewer,
  id: string,
  tx: Db | undefined,
  work: (on: Db, plan: Plan) => Promise<T>,
): Promise<T> {
  const planId = idOf('plan', id)
  return within(tx, async (on) => {
    await on.$executeRaw`SELECT 1 FROM plan WHERE id = ${planId}::uuid FOR UPDATE`
    const plan = await on.plan.findFirst({ where: { id: planId, ...ownedOrOffered(viewer, 'plan:read') } })
    if (!plan) throw notFound('plan')
    demand(viewer, 'plan:manage', plan.accountId)
    return work(on, plan)
  })
}

async function refuseTakenName(on: Db, accountId: string, name: string): Promise<void> {
  const where = { accountId, name: { equals: name, mode: 'insensitive' as const } }
  if ((await on.plan.count({ where })) > 0)
    throw new Problem('invalid-input', 'Not valid: name.', {
      fields: { name: 'Another plan has this name.' },
    })
}

async function writeVersion(
  on: Db,
  viewer: Viewer,
  plan: Plan,
  version: { number: number; limits: VeLimits; note: string },
): Promise<void> {
  const { userId, name } = viewer
  await on.planVersion.create({ data: { planId: plan.id, ...version, actorId: userId, actorName: name } })
  await note(on, viewer, plan, { version: version.number })
}

async function note(
  on: Db,
  viewer: Viewer,
  { id, accountId, name }: Plan,
  details: { version: number } | { removed: true },
): Promise<void> {
  await recordAudit(on, {
    action: 'plan-change',
    actor: actorOf(viewer),
    accountId,
    subject: name,
    details,
  })
  await emitEvent(on, { topic: 'plan', id, accountId })
}
