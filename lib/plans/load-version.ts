/** What a roll-out gives, read anew at each step. */
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { ChosenVersion } from './choose-version.ts'

/** Throws `not-found`. */
export async function loadVersion(
  on: Db,
  { planId, version }: { planId: string; version: number },
): Promise<ChosenVersion> {
  const found = await on.planVersion.findUnique({
    where: { planId_number: { planId, number: version } },
    include: { plan: true },
  })
  if (!found) throw new Problem('not-found', 'This version of the plan does not exist any more.')
  return found
}
