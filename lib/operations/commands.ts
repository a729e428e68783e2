/** What an admin may do to an operation that exists. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, canFromAbove, demand, demandFromAbove, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { within } from '../db/within.ts'
import { refuseChange } from '../ves/refuse-change.ts'
import * as control from './control.ts'
import { OPERATIONS, type OperationInput, type OperationType } from './registry.ts'
import { lockVe } from './ve-gate.ts'

/** Asks it to stop; what it began is undone. Throws `not-found`, `forbidden`, `conflict`. */
export async function cancelOperation(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, operationId) => {
    await control.cancelOperation(on, operationId)
    return { operationId }
  })
}

/** Tries again what failed; answers the operation to watch, which may be a new one. Throws as above, and what asking for it anew would. */
export async function retryOperation(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, operationId) => {
    await judgeAgain(on, viewer, operationId)
    return control.retryOperation(on, operationId, actorOf(viewer))
  })
}

/** A change may have been asked for by somebody who may do more, and when its host had more room. */
async function judgeAgain(on: Db, viewer: Viewer, operationId: string): Promise<void> {
  const { type, status, veId, input, actorId } = await on.operation.findUniqueOrThrow({
    where: { id: operationId },
  })
  if (type !== 've-configure' || !veId || (status !== 'failed' && status !== 'cancelled')) return
  await lockVe(on, veId)
  const ve = await on.ve.findUniqueOrThrow({ where: { id: veId } })
  const { change } = input as OperationInput<'ve-configure'>
  // Rates, hardware addresses and bridges are set by those above: of interfaces it is not told which part they asked for.
  if (change.interfaces && actorId !== viewer.userId && !canFromAbove(viewer, 've:configure', ve.accountId))
    throw new Problem(
      'forbidden',
      'Somebody else asked for this change of interfaces: ask for it anew, or let them try it again.',
    )
  await refuseChange(on, viewer, ve, change)
}

export const operationReleaseInput = z.object({
  reason: z
    .string()
    .check(z.trim(), z.minLength(1, 'Say why, for those who read the log later.'), z.maxLength(500)),
})

/** Gives up on a stuck one, with a reason for the log. Throws as above. */
export async function releaseOperation(
  viewer: Viewer,
  id: string,
  input: z.infer<typeof operationReleaseInput>,
  tx?: Db,
): Promise<{ operationId: string }> {
  return managing(viewer, id, tx, async (on, operationId) => {
    await control.releaseOperation(on, operationId, actorOf(viewer), input.reason)
    return { operationId }
  })
}

export function actorOf(viewer: Viewer): { userId: string; name: string } {
  return { userId: viewer.userId, name: viewer.name }
}

/** What the owner of a VE may not ask for he may not ask for again either, nor keep from happening. */
function demandAsker(viewer: Viewer, { type, accountId }: { type: string; accountId: string }): void {
  const { only, permission } = OPERATIONS[type as OperationType]
  if (only === 'above') demandFromAbove(viewer, permission as Permission, accountId)
  if (only === 'provider' && !canAtProvider(viewer, permission as Permission))
    throw new Problem('forbidden', 'Only the provider decides on this operation.')
}

async function managing<T>(
  viewer: Viewer,
  id: string,
  tx: Db | undefined,
  work: (on: Db, operationId: string) => Promise<T>,
): Promise<T> {
  return within(tx, async (on) => {
    const where = { id: idOf('operation', id), ...ownedBy(viewer, 'operation:read') }
    const operation = await on.operation.findFirst({
      where,
      select: { id: true, type: true, accountId: true },
    })
    if (!operation) throw notFound('operation')
    demand(viewer, 'operation:manage', operation.accountId)
    demandAsker(viewer, operation)
    return work(on, operation.id)
  })
}
