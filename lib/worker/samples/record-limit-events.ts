/** Keeps what the flight recorders of a host's VEs tell: each event once, however often it is told. */
import type { LimitEvent } from '../../contract/limit-event.ts'
import { type Db, transaction } from '../../db/client.ts'
import { storableJson } from '../../db/storable.ts'
import { emitVeEvent } from '../../operations/events.ts'
import type { Touched } from './record-sample.ts'

/** Whoever hits a limit all day long keeps the newest. */
export const EVENTS_KEPT = 1_000
const KEY_MOST = 500

/** Those of VEs that are not this host's are passed over. */
export async function recordLimitEvents(hostId: string, events: readonly LimitEvent[]): Promise<void> {
  if (events.length === 0) return
  await transaction(async (tx) => {
    for (const ve of await write(tx, hostId, events)) {
      await trim(tx, ve.id)
      await emitVeEvent(tx, ve)
    }
  })
}

/** Answers with the VEs that have new ones. */
function write(tx: Db, hostId: string, events: readonly LimitEvent[]): Promise<Touched[]> {
  // Names of programs are the VE's own choice; a key has to fit into an index.
  const given = JSON.stringify(
    storableJson(events.map(({ id, veid: _, ...event }) => ({ ...event, key: id.slice(0, KEY_MOST) }))),
  )
  return tx.$queryRaw<Touched[]>`
    WITH given AS (
      SELECT g.*, v.account_id FROM jsonb_to_recordset(${given}::jsonb) AS g(
        uuid uuid, key text, at numeric, kind limit_event_kind, parameter text, held bigint, barrier bigint,
        "limit" bigint, refusals bigint, before jsonb, holders jsonb)
      JOIN ve v ON v.id = g.uuid AND v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
    ), written AS (
      INSERT INTO limit_event (id, ve_id, key, at, kind, parameter, held, barrier, "limit", refusals, before, holders)
      SELECT gen_random_uuid(), uuid, key, least(to_timestamp(at / 1000), now()), kind, parameter, held, barrier, "limit",
        refusals, before, holders FROM given
      ON CONFLICT (ve_id, key) DO NOTHING
      RETURNING ve_id
    )
    SELECT DISTINCT g.uuid AS id, g.account_id AS "accountId" FROM given g JOIN written w ON w.ve_id = g.uuid`
}

function trim(tx: Db, veId: string): Promise<number> {
  return tx.$executeRaw`
    DELETE FROM limit_event WHERE ve_id = ${veId}::uuid AND at < (
      SELECT at FROM limit_event WHERE ve_id = ${veId}::uuid ORDER BY at DESC, id DESC
      OFFSET ${EVENTS_KEPT - 1}::int LIMIT 1)`
}
