/** Starting, stopping and destroying VEs: each queues an operation, the worker does it. `create.ts` makes them. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import { demand, type Viewer } from '../auth/viewer.ts'
import { STOP_SECONDS_MOST } from '../contract/agent-constants.ts'
import type { Db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { actorOf } from '../operations/commands.ts'
import { enqueueOperation } from '../operations/enqueue.ts'

/** Init is given this long to halt when nobody says otherwise. */
const STOP_TIMEOUT_SECONDS = 60

export const veStopInput = z.object({
  /** How long init may take to halt before it is killed; 0 kills at once. Default 60. */
  timeoutSeconds: z.optional(
    z
      .int('A whole number.')
      .check(z.gte(0, 'At least 0.'), z.lte(STOP_SECONDS_MOST, `At most ${STOP_SECONDS_MOST}.`)),
  ),
})
export type VeStopInput = z.infer<typeof veStopInput>

type Started = Promise<{ operationId: string }>

/** Throws `not-found`, `forbidden`, `ve-state-forbids`; waits its turn behind an operation that is under way. */
export function startVe(viewer: Viewer, id: string, tx?: Db): Started {
  return operating(viewer, id, 've:operate', tx, (on, ve) =>
    enqueueOperation(on, {
      type: 've-start',
      input: { veId: ve.veId },
      title: `Start ${ve.name}`,
      ...ve.about,
    }),
  )
}

/** Throws as `startVe`. */
export function stopVe(viewer: Viewer, id: string, input: VeStopInput = {}, tx?: Db): Started {
  const timeoutSeconds = input.timeoutSeconds ?? STOP_TIMEOUT_SECONDS
  return operating(viewer, id, 've:operate', tx, (on, ve) =>
    enqueueOperation(on, {
      type: 've-stop',
      input: { veId: ve.veId, timeoutSeconds },
      title: `Stop ${ve.name}`,
      ...ve.about,
    }),
  )
}

/** Removes it and its data for good. Throws as `startVe`. */
export function destroyVe(viewer: Viewer, id: string, tx?: Db): Started {
  return operating(viewer, id, 've:destroy', tx, (on, ve) =>
    enqueueOperation(on, {
      type: 've-destroy',
      input: { veId: ve.veId },
      title: `Destroy ${ve.name}`,
      ...ve.about,
    }),
  )
}

type Subject = {
  veId: string
  name: string
  about: { actor: { userId: string; name: string }; accountId: string; veId: string; hostId: string }
}

function operating(
  viewer: Viewer,
  id: string,
  permission: Permission,
  tx: Db | undefined,
  work: (on: Db, ve: Subject) => Started,
): Started {
  const run = async (on: Db) => {
    const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
    const row = await on.ve.findFirst({
      where,
      select: { id: true, name: true, accountId: true, hostId: true },
    })
    if (!row) throw notFound('VE')
    demand(viewer, permission, row.accountId)
    const { id: veId, name, accountId, hostId } = row
    return work(on, { veId, name, about: { actor: actorOf(viewer), accountId, veId, hostId } })
  }
  return tx ? run(tx) : retryingTransaction(run)
}
