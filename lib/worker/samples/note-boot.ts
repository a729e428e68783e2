import type { Db } from '../../db/client.ts'
import type { Touched } from './record-sample.ts'

/**
 * Its host has booted: what ran there and is to be started on boot waits for its turn from now on; what is hibernated
 * stays so. What an operation works on keeps its state: that operation goes on. What was moving and ran comes up here too if that
 * move fails. What is not to be seen yet (a file system that is mounted late) waits too. After this,
 * `reconcilers/boot-starts.ts` starts them in order.
 */
export async function noteBoot(tx: Db, hostId: string): Promise<Touched[]> {
  await tx.snapshot.updateMany({
    where: { ve: { hostId }, mountedAt: { not: null } },
    data: { mountedAt: null },
  })
  return tx.$queryRaw<Touched[]>`
    UPDATE ve v SET boot_start = 'waiting', problem = NULL,
      state = CASE WHEN busy.yes THEN v.state ELSE 'stopped' END,
      started_at = CASE WHEN busy.yes THEN v.started_at END
    FROM ve same, LATERAL (SELECT EXISTS (
      SELECT 1 FROM operation o WHERE o.queue = 've:' || same.id AND o.status IN ('queued', 'running')) AS yes,
      EXISTS (SELECT 1 FROM operation o WHERE o.queue = 've:' || same.id AND o.status = 'running' AND o.type = 've-move'
        AND o.input->>'kind' <> 'cold') AS ran) busy
    WHERE same.id = v.id AND v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
      AND (v.state IN ('running', 'hibernating') OR v.state = 'moving' AND busy.ran)
      AND v.start_on_boot AND v.suspended_at IS NULL AND v.observed->>'state' IN ('stopped', 'absent')
    RETURNING v.id, v.account_id AS "accountId"`
}
