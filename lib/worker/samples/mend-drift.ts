/**
 * Settled VEs whose host shows them otherwise: an init that died, a VE started at the host's own shell, one that is gone or is
 * back. Transitional states are their operation's.
 */
import type { ObservedVe } from '../../contract/agent-protocol.ts'
import { Problem } from '../../contract/problem.ts'
import type { Db } from '../../db/client.ts'
import { Prisma, type Ve } from '../../db/generated/client.ts'
import { BY_ITSELF } from '../../operations/by-itself.ts'
import { enqueueOperation } from '../../operations/enqueue.ts'
import { problemColumn } from '../../operations/problem-column.ts'
import { exitProblem } from '../../ves/exit-problem.ts'
import type { Touched } from './record-sample.ts'

/** A sample taken before an operation ended may arrive after it. */
const AFTER_OPERATION_SECONDS = 5
/** How long its host may take to start a VE again that was restarted from inside. */
const REBOOT_MS = 30_000
/** A host tells the start of a run from the second it booted in: its times of start may be that much off. */
const START_OFF_MS = 1_500

/** `veIds`: those that the sample taken at `at` (by the host's clock) shows otherwise. Answers with what was mended. */
export async function mendDrift(tx: Db, veIds: readonly string[], at: number): Promise<Touched[]> {
  if (veIds.length === 0) return []
  const mended: Touched[] = []
  for (const { id } of await lockMendable(tx, veIds, at)) {
    const ve = await tx.ve.findUniqueOrThrow({ where: { id } })
    if (isRebooting(ve, at)) continue
    await mend(tx, ve)
    mended.push(ve)
  }
  return mended
}

/**
 * Locks the rows; one that an operation holds, or has just left, is left for the next sample. But a sample and an exit that are
 * later than the start of the run that the panel knows of need no waiting: all three times are the host's.
 */
function lockMendable(tx: Db, veIds: readonly string[], at: number): Promise<{ id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    SELECT v.id FROM ve v
    WHERE v.id = ANY(${veIds}::uuid[])
      AND NOT EXISTS (
        SELECT 1 FROM operation o WHERE o.queue = 've:' || v.id AND o.status IN ('queued', 'running'))
      AND (
        (v.state = 'running' AND v.observed->>'state' = 'stopped'
          AND to_timestamp(${at - START_OFF_MS}::numeric / 1000) >= v.started_at
          AND to_timestamp((v.observed->'lastExit'->>'at')::numeric / 1000) >= v.started_at)
        OR NOT EXISTS (
          SELECT 1 FROM operation o WHERE o.ve_id = v.id AND o.queue = 've:' || v.id
            AND v.observed_at < o.ended_at + ${AFTER_OPERATION_SECONDS}::int * interval '1 second'))
    ORDER BY v.id
    FOR NO KEY UPDATE OF v SKIP LOCKED`
}

/** Its host takes it down and starts it again by itself. */
function isRebooting(ve: Ve, at: number): boolean {
  const { state, lastExit } = ve.observed as ObservedVe
  return state === 'stopped' && lastExit?.reason === 'reboot' && at - lastExit.at < REBOOT_MS
}

async function mend(tx: Db, ve: Ve): Promise<void> {
  const { state, startedAt, lastExit } = ve.observed as ObservedVe
  if (state === 'absent') {
    const problem = new Problem('agent-failed', `${ve.name} is not on its host any more.`, {
      context: { absent: true },
    })
    const data = { state: 'failed' as const, problem: problemColumn(problem), startedAt: null }
    await tx.ve.update({ where: { id: ve.id }, data })
    return
  }
  const ended = state === 'stopped' && ve.state === 'running' ? exitSince(ve, lastExit) : null
  const problem = exitProblem(ve, ended)
  await tx.ve.update({
    where: { id: ve.id },
    data: {
      state,
      startedAt: state === 'running' && startedAt ? new Date(startedAt) : null,
      problem: problem ? problemColumn(problem) : Prisma.DbNull,
    },
  })
  if (state === 'running' && ve.suspendedAt) await stopAgain(tx, ve)
}

/** An exit of an earlier run says nothing of this one. */
function exitSince(ve: Ve, exit: ObservedVe['lastExit']): ObservedVe['lastExit'] {
  return exit && ve.startedAt && exit.at >= ve.startedAt.getTime() - START_OFF_MS ? exit : null
}

/** Started at its host's shell while it is suspended. */
async function stopAgain(tx: Db, ve: Ve): Promise<void> {
  await enqueueOperation(tx, {
    type: 've-stop',
    input: { veId: ve.id, timeoutSeconds: 0 },
    title: `Stop ${ve.name}: it is suspended`,
    actor: BY_ITSELF,
    accountId: ve.accountId,
    veId: ve.id,
    hostId: ve.hostId,
  })
}
