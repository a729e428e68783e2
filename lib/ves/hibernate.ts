/** Hibernation: a VE's memory is kept on its host's disk while nothing of it runs, until it is resumed. */
import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { refuseWithoutCheckpoint } from './checkpoint-obstacle.ts'
import { onVe } from './on-ve.ts'

/**
 * Throws `not-found`, `forbidden`, `ve-state-forbids`, `ve-suspended`, and `capability-missing` with the host's reason; waits its turn
 * behind an operation that is under way.
 */
export function hibernateVe(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:operate', tx, async ({ on, ve, about }) => {
    await refuseWithoutCheckpoint(on, ve.hostId)
    const title = `Hibernate ${ve.name}`
    const asked = await enqueueOperation(on, {
      type: 've-hibernate',
      input: { veId: ve.id },
      title,
      ...about,
    })
    await recordAudit(on, { ...about, action: 've-hibernate', subject: ve.name })
    return asked
  })
}

/** Lets a hibernated VE go on where it was. Throws as above, but for the capability: its host has done it before. */
export function resumeVe(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:operate', tx, async ({ on, ve, about }) => {
    const title = `Resume ${ve.name}`
    const asked = await enqueueOperation(on, { type: 've-resume', input: { veId: ve.id }, title, ...about })
    await recordAudit(on, { ...about, action: 've-resume', subject: ve.name })
    return asked
  })
}
