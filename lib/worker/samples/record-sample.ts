/** Writes down what `watch` saw: a few statements a sample however many VEs there are, and events only for what changed. */
import type { ObservedVe, WatchSample } from '../../contract/agent-protocol.ts'
import { type Db, transaction } from '../../db/client.ts'
import { emitEvent } from '../../events/emit.ts'
import { heldBy } from '../../hosts/load-figures.ts'
import { emitVeEvent } from '../../operations/events.ts'
import { mendDrift } from './mend-drift.ts'
import { noteBoot } from './note-boot.ts'

/** Figures that change all the time (memory, CPU time) are written this often; a change of state at once. */
const FIGURES_EVERY_SECONDS = 5

export type Touched = { id: string; accountId: string }

/** What it means for VEs and host is written together with it: a worker killed half way leaves all of it to the next sample. */
export function recordSample(hostId: string, sample: WatchSample): Promise<void> {
  return transaction(async (tx) => {
    const booted = await recordHost(tx, hostId, sample)
    const seen = await recordVes(tx, hostId, sample)
    const waiting = booted ? await noteBoot(tx, hostId) : []
    const differing = seen.filter(({ differs }) => differs).map(({ id }) => id)
    const mended = await mendDrift(tx, differing, sample.at)
    const touched = [...seen.filter(({ changed }) => changed), ...waiting, ...mended]
    for (const ve of new Map(touched.map((each) => [each.id, each])).values()) await emitVeEvent(tx, ve)
  })
}

/** True when the host was seen under another boot before. */
async function recordHost(
  tx: Db,
  hostId: string,
  { ves, limitEvents: _, ...sample }: WatchSample,
): Promise<boolean> {
  const rows = await tx.$queryRaw<(Touched & { changed: boolean; booted: boolean })[]>`
    WITH before AS (SELECT id, status, boot_seen FROM host WHERE id = ${hostId}::uuid FOR NO KEY UPDATE)
    UPDATE host h SET
      last_seen_at = now(),
      sample = ${JSON.stringify({ ...sample, ves: ves.length, held: heldBy(ves) })}::jsonb,
      boot_seen = ${sample.bootId},
      status = CASE WHEN h.status <> 'offline' THEN h.status WHEN h.maintenance_at IS NULL THEN 'online' ELSE 'maintenance' END,
      problem = CASE WHEN h.status = 'offline' THEN NULL ELSE h.problem END
    FROM before WHERE h.id = before.id
    RETURNING h.id, h.account_id AS "accountId",
      (h.status <> before.status OR before.boot_seen IS DISTINCT FROM ${sample.bootId}::text) AS changed,
      coalesce(before.boot_seen <> ${sample.bootId}::text, false) AS booted`
  const host = rows[0]
  if (host?.changed) await emitEvent(tx, { topic: 'host', id: host.id, accountId: host.accountId })
  return host?.booted ?? false
}

type Seen = Touched & {
  /** Its state on the host, its init or the time of its start did. */
  changed: boolean
  /** The panel has it in another settled state. */
  differs: boolean
}

/** What the sample lacks. The number, uuid and epoch are the row's. */
const ABSENT: Omit<ObservedVe, 'veid' | 'uuid' | 'epoch'> = {
  state: 'absent',
  initPid: null,
  startedAt: null,
  memoryBytes: null,
  processes: null,
  cpuMicroseconds: null,
  diskUsedBytes: null,
  fileSystem: null,
  beancounters: null,
  rescue: false,
  lastExit: null,
  checkpoint: null,
  traffic: { base: { inBytes: 0, outBytes: 0 }, live: { inBytes: 0, outBytes: 0 }, series: null },
}

/** Answers with the VEs that changed, or are otherwise than the panel has them. */
function recordVes(tx: Db, hostId: string, { ves }: WatchSample): Promise<Seen[]> {
  const seen = ves.map((ve) => ({ uuid: ve.uuid, observed: ve }))
  return tx.$queryRaw<Seen[]>`
    WITH seen AS (
      SELECT uuid, observed FROM jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) AS s(uuid uuid, observed jsonb)
    ), compared AS (
      SELECT v.id, v.account_id, v.observed_at, v.observed AS before, coalesce(s.observed,
          ${JSON.stringify(ABSENT)}::jsonb || jsonb_build_object('veid', v.veid, 'uuid', v.id, 'epoch', v.epoch)) AS observed,
        CASE WHEN v.state IN ('running', 'stopped', 'hibernated') THEN v.state::text
          WHEN v.state = 'failed' AND v.problem->'context'->>'absent' = 'true' THEN 'absent' END AS settled
      FROM ve v LEFT JOIN seen s ON s.uuid = v.id
      WHERE v.host_id = ${hostId}::uuid AND v.destroyed_at IS NULL
    ), judged AS (
      SELECT *, settled IS NOT NULL AND settled <> observed->>'state' AS differs,
        (before->>'state', before->>'initPid', before->>'startedAt')
          IS DISTINCT FROM (observed->>'state', observed->>'initPid', observed->>'startedAt') AS changed
      FROM compared
    ), written AS (
      UPDATE ve v SET observed = j.observed, observed_at = now(),
        started_at = CASE WHEN v.state = 'running' AND j.observed->>'startedAt' IS NOT NULL
          THEN to_timestamp((j.observed->>'startedAt')::numeric / 1000) ELSE v.started_at END
      FROM judged j
      WHERE v.id = j.id AND (j.changed OR j.differs OR j.observed_at IS NULL
        OR j.observed_at < now() - ${FIGURES_EVERY_SECONDS}::int * interval '1 second')
    )
    SELECT id, account_id AS "accountId", changed, differs FROM judged WHERE changed OR differs`
}
