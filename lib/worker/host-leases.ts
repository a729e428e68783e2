/** Which hosts this worker watches: each host is leased to one worker, shared out evenly among those that live. */
import { db } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'

const LEASE_SECONDS = 10
/** Renewed when less than this is left. */
const RENEW_SECONDS = 6

export type LeasedHost = Pick<Host, 'id' | 'name' | 'simulated' | 'address' | 'port' | 'fingerprint'>

/** Renews and takes leases, and answers with the hosts that are leased to this worker now. */
export async function leaseHosts(workerId: string): Promise<LeasedHost[]> {
  await db().$executeRaw`
    WITH share AS (
      SELECT ceil((SELECT count(*) FROM host)::numeric
        / greatest(1, (SELECT count(*) FROM worker WHERE stopped_at IS NULL)))::int AS most
    ), mine AS (
      SELECT id FROM host
      WHERE status IN ('online', 'offline', 'maintenance')
        AND (leased_by = ${workerId}::uuid OR lease_until IS NULL OR lease_until < now())
      ORDER BY leased_by IS NOT DISTINCT FROM ${workerId}::uuid DESC, id
      LIMIT (SELECT most FROM share)
      FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE host h SET leased_by = ${workerId}::uuid, lease_until = now() + ${LEASE_SECONDS}::int * interval '1 second'
    FROM mine
    WHERE h.id = mine.id
      AND (h.leased_by IS DISTINCT FROM ${workerId}::uuid
        OR h.lease_until < now() + ${RENEW_SECONDS}::int * interval '1 second')`
  return db().$queryRaw<LeasedHost[]>`
    SELECT id, name, simulated, address, port, fingerprint FROM host
    WHERE leased_by = ${workerId}::uuid AND lease_until > now() AND status IN ('online', 'offline', 'maintenance')`
}
