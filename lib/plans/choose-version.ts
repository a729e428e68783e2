import { ownedOrOffered } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { Plan, PlanVersion } from '../db/generated/client.ts'

export type ChosenVersion = PlanVersion & { plan: Plan }

/**
 * The version that was asked for, or the latest. It stays there until the transaction ends. Throws `invalid-input` with the field
 * for a plan or version that is not there for this viewer.
 */
export async function chooseVersion(
  on: Db,
  viewer: Viewer,
  planId: string,
  number?: number,
): Promise<ChosenVersion> {
  await on.$executeRaw`SELECT 1 FROM plan WHERE id = ${planId}::uuid FOR KEY SHARE`
  const where = { AND: [{ id: planId }, ownedOrOffered(viewer, 'plan:read')] }
  if ((await on.plan.count({ where })) === 0) throw wrong('planId', 'There is no plan with this id.')
  const version = await on.planVersion.findFirst({
    where: { planId, ...(number === undefined ? {} : { number }) },
    orderBy: { number: 'desc' },
    include: { plan: true },
  })
  if (!version) throw wrong('version', `The plan has no version ${number}.`)
  return version
}

const wrong = (field: string, sentence: string) =>
  new Problem('invalid-input', `Not valid: ${field}.`, { fields: { [field]: sentence } })
