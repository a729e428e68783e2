/** What a roll-out reads anew at each step: in whose name it goes on, and what it gives. */
import { loadViewer } from '../auth/load-viewer.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { ChosenVersion } from './choose-version.ts'

/** Who asked for it, with the rights of now. Throws `forbidden` when that person is gone. */
export async function rollOutViewer(on: Db, operationId: string): Promise<Viewer> {
  const { actorId } = await on.operation.findUniqueOrThrow({
    where: { id: operationId },
    select: { actorId: true },
  })
  const viewer = actorId === null ? null : await loadViewer(actorId, { via: 'session' }, on)
  if (!viewer) throw new Problem('forbidden', 'Whoever asked for the roll-out is no user any more.')
  return viewer
}

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
