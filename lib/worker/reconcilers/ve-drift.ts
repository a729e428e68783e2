/**
 * Owns settled VEs whose host shows them otherwise: an init that died, a VE started at the host's own shell, one that is
 * gone. Does not own transitional states: those are their operation's.
 */
import { Problem } from '../../contract/problem.ts'
import { type Db, transaction } from '../../db/client.ts'
import { emitVeEvent } from '../../operations/events.ts'
import { problemColumn } from '../../operations/problem-column.ts'
import type { Reconciler } from './reconciler.ts'

/** A sample taken before an operation ended may arrive after it. */
const AFTER_OPERATION_SECONDS = 5

type Drifted = {
  id: string
  accountId: string
  name: string
  state: string
  seen: string
  startedAt: string | null
}

export const veDrift: Reconciler = {
  name: 've-drift',
  everyMs: 2_000,
  async run({ worker }) {
    await transaction(async (tx) => {
      for (const ve of await findDrifted(tx)) {
        worker.log.info({ ve: ve.id, state: ve.state, seen: ve.seen }, 've drifted')
        await mend(tx, ve)
        await emitVeEvent(tx, ve)
      }
    })
  },
}

/** Locks the rows; one that an operation holds is left for the next round. */
function findDrifted(tx: Db): Promise<Drifted[]> {
  return tx.$queryRaw<Drifted[]>`
    SELECT v.id, v.account_id AS "accountId", v.name, v.state::text AS state,
      v.observed->>'state' AS seen, v.observed->>'startedAt' AS "startedAt"
    FROM ve v
    WHERE v.state IN ('running', 'stopped') AND v.observed->>'state' <> v.state::text
      AND NOT EXISTS (
        SELECT 1 FROM operation o WHERE o.ve_id = v.id AND (
          o.status IN ('queued', 'running')
          OR v.observed_at < o.ended_at + ${AFTER_OPERATION_SECONDS}::int * interval '1 second'))
    FOR NO KEY UPDATE OF v SKIP LOCKED`
}

async function mend(tx: Db, ve: Drifted): Promise<void> {
  if (ve.seen === 'absent') {
    const problem = new Problem('agent-failed', `${ve.name} is not on its host any more.`)
    await tx.ve.update({
      where: { id: ve.id },
      data: { state: 'failed', problem: problemColumn(problem), startedAt: null },
    })
    return
  }
  const running = ve.seen === 'running'
  const startedAt = running && ve.startedAt ? new Date(Number(ve.startedAt)) : null
  await tx.ve.update({ where: { id: ve.id }, data: { state: running ? 'running' : 'stopped', startedAt } })
}
