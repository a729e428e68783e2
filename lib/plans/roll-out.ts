/** Rolling a version out to the VEs that use an older one: asking for it, and which VEs it is about. */
import { ownedBy } from '../auth/scope.ts'
import { canFromAbove, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { VeLimits } from '../contract/ve-limits.ts'
import type { Db } from '../db/client.ts'
import type { Plan, Prisma } from '../db/generated/client.ts'
import { type Enforcer, misfitProblem } from '../limits/misfits.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { type ChosenVersion, chooseVersion } from './choose-version.ts'
import { managing } from './commands.ts'
import type { RollOutInput } from './resource.ts'

/**
 * Nothing is changed yet when it answers. Throws `not-found`, `forbidden`; `invalid-input` for a version that is not there;
 * `conflict` when no VE uses an older one or the plan is being rolled out; `capability-missing` naming each host that cannot hold its
 * VEs to it, with every reason.
 */
export function rollOut(
  viewer: Viewer,
  id: string,
  input: RollOutInput = {},
  tx?: Db,
): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, plan) => {
    const version = await chooseVersion(on, viewer, plan.id, input.version)
    await refuseSecond(on, plan)
    const ves = await outdatedVes(on, viewer, version)
    if (ves.length === 0)
      throw new Problem('conflict', `No VE uses a version of ${plan.name} before ${version.number}.`)
    await refuseMisfits(on, version, ves)
    return enqueueOperation(on, {
      type: 'plan-roll-out',
      input: { planId: plan.id, version: version.number },
      title: `Roll out ${plan.name} version ${version.number}`,
      actor: actorOf(viewer),
      accountId: plan.accountId,
      planId: plan.id,
    })
  })
}

async function refuseSecond(on: Db, { id, name }: Plan): Promise<void> {
  const status = { in: ['queued' as const, 'running' as const] }
  if ((await on.operation.count({ where: { planId: id, type: 'plan-roll-out', status } })) > 0)
    throw new Problem('conflict', `${name} is being rolled out: cancel that, or wait until it has ended.`)
}

type Outdated = { id: string; name: string; state: string; hostId: string; storage: string }

/** Without those that others than the viewer provide. Those that run come first, so that the first of all shows what the version does. */
export async function outdatedVes(
  on: Db,
  viewer: Viewer,
  version: Pick<ChosenVersion, 'planId' | 'number'>,
): Promise<Outdated[]> {
  const rows = await on.ve.findMany({
    where: { ...ownedBy(viewer, 've:configure'), ...usesOlder(version), destroyedAt: null },
    select: { id: true, accountId: true, name: true, state: true, hostId: true, storage: true, veid: true },
  })
  const turn = ({ state }: Outdated) => (state === 'running' ? 0 : 1)
  return rows
    .filter(({ accountId }) => canFromAbove(viewer, 've:configure', accountId))
    .sort((a, b) => turn(a) - turn(b) || a.veid - b.veid)
}

export const usesOlder = ({
  planId,
  number,
}: Pick<ChosenVersion, 'planId' | 'number'>): Prisma.VeWhereInput => ({
  planVersion: { planId, number: { lt: number } },
})

/** Throws `capability-missing`: before anything is changed, all that would be refused later. */
export async function refuseMisfits(
  on: Db,
  { number, limits, plan }: ChosenVersion,
  ves: readonly Pick<Outdated, 'hostId' | 'storage'>[],
): Promise<void> {
  const hosts = await on.host.findMany({
    where: { id: { in: [...new Set(ves.map(({ hostId }) => hostId))] } },
    select: { id: true, name: true, facts: true, capabilities: true },
    orderBy: { name: 'asc' },
  })
  const what = `${plan.name} version ${number}`
  const places = hosts.flatMap((host) => {
    const there = ves.filter(({ hostId }) => hostId === host.id)
    return [...new Set(there.map(({ storage }) => storage))].map((storage) => ({ ...host, storage }))
  })
  const found = places.flatMap((place) => misfitProblem(limits as VeLimits, place as Enforcer, what) ?? [])
  const [first, ...others] = found
  if (!first) return
  const detail = [first, ...others].map((problem) => problem.detail).join(' ')
  throw new Problem('capability-missing', detail, first.fields ? { fields: first.fields } : {})
}
