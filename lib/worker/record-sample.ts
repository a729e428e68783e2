/** Writes down what `watch` saw: two statements a sample however many VEs there are, and events only for what changed. */
import type { WatchSample } from '../contract/agent-protocol.ts'
import { type Db, transaction } from '../db/client.ts'
import { emitEvent } from '../events/emit.ts'
import { emitVeEvent } from '../operations/events.ts'

/** Figures that change all the time (memory, CPU time) are written this often; a change of state at once. */
const FIGURES_EVERY_SECONDS = 5

type Changed = { id: string; accountId: string }

export function recordSample(hostId: string, sample: WatchSample): Promise<void> {
  return transaction(async (tx) => {
    await recordHost(tx, hostId, sample)
    for (const ve of await recordVes(tx, hostId, sample)) await emitVeEvent(tx, ve)
  })
}

async function recordHost(tx: Db, hostId: string, { ves, ...sample }: WatchSample): Promise<void> {
  const rows = await tx.$queryRaw<(Changed & { changed: boolean })[]>`
    WITH before AS (SELECT id, status, sample->>'bootId' AS boot FROM host WHERE id = ${hostId}::uuid FOR NO KEY UPDATE)
    UPDATE host h SET
      last_seen_at = now(),
      sample = ${JSON.stringify({ ...sample, ves: ves.length })}::jsonb,
      status = CASE WHEN h.status = 'offline' THEN 'online' ELSE h.status END,
      problem = CASE WHEN h.status = 'offline' THEN NULL ELSE h.problem END
    FROM before WHERE h.id = before.id
    RETURNING h.id, h.account_id AS "accountId",
      (h.status <> before.status OR before.boot IS DISTINCT FROM ${sample.bootId}::text) AS changed`
  const host = rows[0]
  if (host?.changed) await emitEvent(tx, { topic: 'host', id: host.id, accountId: host.accountId })
}

/** Answers with the VEs whose state, init or start time changed. One that the sample lacks is absent. */
function recordVes(tx: Db, hostId: string, { ves }: WatchSample): Promise<Changed[]> {
  const seen = ves.map((ve) => ({ uuid: ve.uuid, observed: ve }))
  return tx.$queryRaw<Changed[]>`
    WITH seen AS (
      SELECT uuid, observed FROM jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) AS s(uuid uuid, observed jsonb)
    ), compared AS (
      SELECT v.id, v.observed_at, coalesce(s.observed, jsonb_build_object(
          'veid', v.veid, 'uuid', v.id, 'epoch', v.epoch, 'state', 'absent', 'initPid', NULL, 'startedAt', NULL,
          'memoryBytes', NULL, 'processes', NULL, 'cpuMicroseconds', NULL, 'diskUsedBytes', NULL)) AS observed,
        v.observed AS before
      FROM ve v LEFT JOIN seen s ON s.uuid = v.id
      WHERE v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
    ), judged AS (
      SELECT *, (before->>'state', before->>'initPid', before->>'startedAt')
        IS DISTINCT FROM (observed->>'state', observed->>'initPid', observed->>'startedAt') AS changed
      FROM compared
    ), written AS (
      UPDATE ve v SET observed = j.observed, observed_at = now(),
        started_at = CASE WHEN v.state = 'running' AND j.observed->>'startedAt' IS NOT NULL
          THEN to_timestamp((j.observed->>'startedAt')::numeric / 1000) ELSE v.started_at END
      FROM judged j
      WHERE v.id = j.id AND (j.changed OR j.observed_at IS NULL
        OR j.observed_at < now() - ${FIGURES_EVERY_SECONDS}::int * interval '1 second')
      RETURNING v.id, v.account_id AS "accountId", j.changed
    )
    SELECT id, "accountId" FROM written WHERE changed`
}
