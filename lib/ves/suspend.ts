/** Commercial suspension: stopped and kept from starting, until it is lifted. */
import { recordAudit } from '../audit/record.ts'
import { demandFromAbove, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { onVe } from './on-ve.ts'
import { SUSPEND_REASON, type VeSuspendInput } from './suspension.ts'

/** Long enough for most services to write down what they have; whoever is suspended does not choose. */
export const SUSPEND_STOP_SECONDS = 30

/**
 * Only for who sells to the VE's owner. Goes before what waits; one that is suspended gets another reason or note. Throws `not-found`, `forbidden`,
 * `ve-state-forbids`.
 */
export function suspendVe(
  viewer: Viewer,
  id: string,
  input: VeSuspendInput,
  tx?: Db,
): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:suspend', tx, async ({ on, ve, about }) => {
    demandFromAbove(viewer, 've:suspend', ve.accountId)
    const { reason, note } = input
    const details = { reason: SUSPEND_REASON[reason].label, ...(note ? { note } : {}) }
    const asked = await enqueueOperation(on, {
      type: 've-suspend',
      input: { veId: ve.id, reason, note: note || null, timeoutSeconds: SUSPEND_STOP_SECONDS },
      title: `Suspend ${ve.name}`,
      ...about,
    })
    await recordAudit(on, { ...about, action: 've-suspend', subject: ve.name, details })
    return asked
  })
}

/** Starts it again if it ran when it was suspended. Throws as above, and `conflict` when it is not suspended. */
export function unsuspendVe(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:suspend', tx, async ({ on, ve, about }) => {
    demandFromAbove(viewer, 've:suspend', ve.accountId)
    if (ve.suspendedAt === null) throw new Problem('conflict', `${ve.name} is not suspended.`)
    const asked = await enqueueOperation(on, {
      type: 've-unsuspend',
      input: { veId: ve.id },
      title: `Lift the suspension of ${ve.name}`,
      ...about,
    })
    await recordAudit(on, { ...about, action: 've-unsuspend', subject: ve.name })
    return asked
  })
}
