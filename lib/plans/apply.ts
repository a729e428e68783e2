/** Giving a VE a plan: an ordinary change of its limits. The record says so when its host has taken it up. */
import { recordAudit } from '../audit/record.ts'
import { demandFromAbove, type Viewer } from '../auth/viewer.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import type { StorageDriver } from '../contract/storage.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import type { Db } from '../db/client.ts'
import { misfitProblem } from '../limits/misfits.ts'
import { emitVeEvent } from '../operations/events.ts'
import { enqueueChange } from '../ves/configure.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'
import { getVe } from '../ves/queries.ts'
import { readHost, refuseChange } from '../ves/refuse-change.ts'
import type { VeResource } from '../ves/resource.ts'
import { type ChosenVersion, chooseVersion } from './choose-version.ts'
import type { VePlanInput } from './resource.ts'

/**
 * Answers with the VE as it is now, and the operation; null where it was only taken off its plan. Throws `not-found`, `forbidden`
 * for who was sold the VE, `invalid-input`, `ve-state-forbids`, `host-full`; `capability-missing` with every reason.
 */
export function applyPlan(
  viewer: Viewer,
  veId: string,
  { planId, version }: VePlanInput,
  tx?: Db,
): Promise<{ ve: VeResource; operationId: string | null }> {
  return onVe(viewer, veId, 've:configure', tx, async (command) => {
    const { on, ve } = command
    demandFromAbove(viewer, 've:configure', ve.accountId)
    if (planId === null) await detach(command)
    const chosen = planId === null ? null : await chooseVersion(on, viewer, planId, version)
    const asked = chosen ? await applyVersion(viewer, command, chosen) : { operationId: null }
    return { ve: await getVe(viewer, veId, on), ...asked }
  })
}

async function detach({ on, ve, about }: VeCommand): Promise<void> {
  refuseDestroyed(ve)
  if (ve.planVersionId === null) return
  await on.ve.update({ where: { id: ve.id }, data: { planVersionId: null } })
  await recordAudit(on, { ...about, action: 've-plan', subject: ve.name, details: { plan: null } })
  await emitVeEvent(on, ve)
}

/** Queues the change. `parentId`: the roll-out that asks for it. Throws as above. */
export async function applyVersion(
  viewer: Viewer,
  command: VeCommand,
  { id, number, limits: json, plan }: ChosenVersion,
  parentId?: string,
): Promise<{ operationId: string }> {
  const { on, ve, about } = command
  refuseDestroyed(ve)
  if (ve.state === 'running' && (ve.observed as ObservedVe | null)?.rescue)
    throw new Problem('ve-state-forbids', `${ve.name} runs its rescue system: end that first.`)
  const limits = json as VeLimits
  const host = { ...(await readHost(on, ve.hostId)), storage: ve.storage as StorageDriver }
  const misfit = misfitProblem(limits, host, `${plan.name} version ${number}`)
  if (misfit) throw misfit
  await refuseChange(on, viewer, ve, { limits })
  const details = { plan: plan.name, version: number }
  await recordAudit(on, { ...about, action: 've-plan', subject: ve.name, details })
  const title = `Give ${ve.name} ${plan.name} version ${number}`
  return enqueueChange(command, { limits, planVersionId: id }, { title, planId: plan.id, parentId })
}

function refuseDestroyed(ve: VeCommand['ve']): void {
  if (ve.destroyedAt) throw new Problem('ve-state-forbids', `${ve.name} is destroyed.`)
}
