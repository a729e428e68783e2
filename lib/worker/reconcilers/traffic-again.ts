/**
 * Owns what was asked for because of a VE's traffic and failed: asks again, as long as nobody has done it since, and its host is
 * there. Does not own what a person asked for, nor what is stuck.
 */
import { type Db, db, transaction } from '../../db/client.ts'
import { TRAFFIC_OPERATIONS, type TrafficOperation, tryTrafficAgain } from '../../ves/judge-traffic.ts'
import type { Reconciler } from './reconciler.ts'

const AT_ONCE = 100
const AFTER_SECONDS = 300

export const trafficAgain: Reconciler = {
  name: 'traffic-again',
  everyMs: 60_000,
  async run() {
    for (const { veId } of await failedFor(db(), null)) await transaction((tx) => again(tx, veId))
  },
}

/** Looked at once more under the VE's lock: another worker may have been quicker. */
async function again(tx: Db, veId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM ve WHERE id = ${veId}::uuid FOR NO KEY UPDATE`
  const [failed] = await failedFor(tx, veId)
  if (failed) await tryTrafficAgain(tx, await tx.ve.findUniqueOrThrow({ where: { id: veId } }), failed.type)
}

/** Starts and changes bring a host to what the record says of throttles. */
const UNTHROTTLES = ['ve-configure', 've-start', 've-restart', 've-resume', 've-unsuspend']
const SUSPENDS = ['ve-suspend', 've-unsuspend']

function failedFor(on: Db, veId: string | null): Promise<{ veId: string; type: TrafficOperation }[]> {
  return on.$queryRaw`
    SELECT v.id AS "veId", o.type FROM operation o JOIN ve v ON v.id = o.ve_id JOIN host h ON h.id = v.host_id
    WHERE o.actor_id IS NULL AND o.status = 'failed' AND o.type = ANY(${TRAFFIC_OPERATIONS})
      AND (${veId}::uuid IS NULL OR v.id = ${veId}::uuid)
      AND o.ended_at < now() - ${AFTER_SECONDS}::int * interval '1 second'
      AND v.destroyed_at IS NULL AND h.status IN ('online', 'maintenance')
      AND CASE o.type
        WHEN 've-suspend' THEN v.traffic_exceeded_at IS NOT NULL AND v.traffic_action = 'suspend' AND v.suspended_at IS NULL
        WHEN 've-unsuspend' THEN v.traffic_exceeded_at IS NULL AND v.suspend_reason = 'traffic'
        ELSE true END
      AND NOT EXISTS (
        SELECT 1 FROM operation live WHERE live.queue = 've:' || v.id AND live.status IN ('queued', 'running'))
      AND NOT EXISTS (
        SELECT 1 FROM operation later WHERE later.ve_id = v.id AND later.created_at > o.created_at AND (
          later.actor_id IS NULL AND later.type = ANY(${TRAFFIC_OPERATIONS})
          OR later.status = 'succeeded' AND later.type = ANY(
            CASE o.type WHEN 've-configure' THEN ${UNTHROTTLES}::text[] ELSE ${SUSPENDS}::text[] END)))
    LIMIT ${AT_ONCE}`
}
