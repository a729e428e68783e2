import { recordAudit } from '../audit/record.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { ownerContradictions } from '../contract/quota.ts'
import type { Db } from '../db/client.ts'
import { enqueueOperation } from '../operations/enqueue.ts'
import { onVe, type VeCommand } from '../ves/on-ve.ts'
import type { QuotaChange } from './input.ts'
import { quotaObstacle } from './obstacle.ts'

async function refuseWhereImpossible({ on, ve }: VeCommand): Promise<void> {
  const host = await on.host.findUniqueOrThrow({
    where: { id: ve.hostId },
    select: { name: true, capabilities: true },
  })
  const obstacle = quotaObstacle(ve, host)
  if (obstacle) throw obstacle
}

/** Has users and groups counted; `lastQuota` shows them then. Throws `not-found`, `forbidden`, `ve-state-forbids`, `capability-missing`. */
export function readQuota(viewer: Viewer, id: string, tx?: Db): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:operate', tx, async (command) => {
    const { on, ve, about } = command
    await refuseWhereImpossible(command)
    const title = `Count users and groups of ${ve.name}`
    return enqueueOperation(on, { type: 've-quota-read', input: { veId: ve.id }, title, ...about })
  })
}

/** Pure. Throws `invalid-input` with every field that is wrong. */
function refuseContradictory({ owner, grace }: QuotaChange): void {
  const entries = owner
    ? Object.entries(ownerContradictions(owner.limits)).map(([field, text]) => [
        `owner.limits.${field}`,
        text,
      ])
    : []
  if (!owner && !grace) entries.push(['owner', 'Say what is to be set: limits, or grace.'])
  const fields: Record<string, string> = Object.fromEntries(entries)
  if (entries.length > 0)
    throw new Problem('invalid-input', `Not valid: ${Object.keys(fields).join(', ')}.`, { fields })
}

const auditOf = ({ owner, grace }: QuotaChange) => ({ ...owner?.limits, ...grace })

/**
 * Sets limits of a user or group inside, or the grace of all of a kind. Throws as above, and `invalid-input`. Whether there is such
 * a user its host knows: then the operation fails, with the field `owner.id`.
 */
export function setQuota(
  viewer: Viewer,
  id: string,
  change: QuotaChange,
  tx?: Db,
): Promise<{ operationId: string }> {
  return onVe(viewer, id, 've:configure', tx, async (command) => {
    const { on, ve, about } = command
    refuseContradictory(change)
    await refuseWhereImpossible(command)
    const { kind, owner } = change
    const whose = owner ? `${kind} ${owner.id}` : `${kind}s`
    await recordAudit(on, {
      ...about,
      action: 've-quota',
      subject: ve.name,
      details: { whose, ...auditOf(change) },
    })
    return enqueueOperation(on, {
      type: 've-quota-set',
      input: { veId: ve.id, ...change },
      title: `Set the quota of ${whose} of ${ve.name}`,
      ...about,
    })
  })
}
