/** Asking for a move, and for what stands in its way. Each queues an operation; the worker asks the hosts. */
import { lockAllocation } from '../addresses/allocation-lock.ts'
import { recordAudit } from '../audit/record.ts'
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import { MOVE_KIND } from '../contract/moves.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { STOP_TIMEOUT_SECONDS } from '../ves/commands.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'
import { wrong } from '../ves/privileges.ts'
import { refuseObstacles } from './obstacles.ts'
import type { VeMoveInput } from './resource.ts'

type Started = Promise<{ operationId: string }>

/** Hosts are the provider's: who owns a VE does not say where it runs. */
function refuseOthers(viewer: Viewer): void {
  if (!canAtProvider(viewer, 've:move')) throw new Problem('forbidden', 'Only the provider moves VEs.')
}

async function destination(viewer: Viewer, { on, ve }: VeCommand, hostId: string) {
  const host = await on.host.findFirst({
    where: { AND: [{ id: hostId }, ownedBy(viewer, 'host:read')] },
    select: { id: true, name: true },
  })
  if (!host) throw wrong('hostId', 'There is no host with this id.')
  if (host.id === ve.hostId) throw wrong('hostId', `${ve.name} is on ${host.name} already.`)
  return host
}

/**
 * Throws `not-found`, `forbidden`, `invalid-input` with the field, `ve-state-forbids`; and `move-impossible` with what the panel knows to
 * stand in the way. What the hosts know is found out before anything is done, and fails the operation. `parentId`: the operation that
 * moves many, and this VE among them.
 */
export function moveVe(
  viewer: Viewer,
  id: string,
  input: VeMoveInput,
  tx?: Db,
  parentId: string | null = null,
): Started {
  return onVe(viewer, id, 've:move', tx, async (command) => {
    refuseOthers(viewer)
    const { on, ve, about } = command
    const { hostId, kind, keep = false, timeoutSeconds = STOP_TIMEOUT_SECONDS } = input
    const host = await destination(viewer, command, hostId)
    await lockAllocation(on)
    if (ve.movingToId !== null) throw new Problem('conflict', `${ve.name} is being moved already.`)
    await refuseObstacles(on, ve.id, hostId)
    const asked = await enqueueOperation(on, {
      type: 've-move',
      input: { veId: ve.id, hostId, kind, keep, timeoutSeconds },
      title: `Move ${ve.name} to ${host.name} (${MOVE_KIND[kind].label.toLowerCase()})`,
      ...about,
      parentId,
    })
    await on.ve.update({ where: { id: ve.id }, data: { movingToId: hostId } })
    await recordAudit(on, { ...about, action: 've-move', subject: ve.name })
    return asked
  })
}

/** Asks both hosts what stands in the way. Changes nothing. Throws as above, but for obstacles: they are its result. */
export function checkMove(viewer: Viewer, id: string, { hostId }: { hostId: string }, tx?: Db): Started {
  return onVe(viewer, id, 've:move', tx, async (command) => {
    refuseOthers(viewer)
    const { on, ve, about } = command
    const host = await destination(viewer, command, hostId)
    return enqueueOperation(on, {
      type: 've-move-check',
      input: { veId: ve.id, hostId },
      title: `See whether ${ve.name} can move to ${host.name}`,
      ...about,
    })
  })
}
