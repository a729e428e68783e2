/** The queue's side of an operation: one graphile-worker job, keyed by the operation's id. */
import type { Db } from '../db/client.ts'
import type { OperationDefinition } from './definition.ts'

export const RUN_OPERATION_TASK = 'run-operation'

/** Infrastructure may fail a job (the database restarts); what an operation itself does never fails its job. */
const MAX_ATTEMPTS = 1000

/** Jobs put back go before those that came later: the order of a queue is the order of its operations, but for urgent ones. */
const PRIORITY = { new: 0, again: -1, urgent: -2 } as const

/**
 * Operations of one queue run one at a time and in order. A template's builds on different hosts do not wait for each
 * other; an operation that is about nothing yet (a look at an unknown host) waits for nobody.
 */
export function queueOf(
  definition: Pick<OperationDefinition<never, string>, 'subject' | 'alongside'>,
  ids: { operationId: string; hostId?: string | null; veId?: string | null; templateId?: string | null },
): string {
  if (definition.alongside) return `operation:${ids.operationId}`
  if (definition.subject === 've' && ids.veId) return `ve:${ids.veId}`
  if (definition.subject === 'template' && ids.templateId) return `template:${ids.templateId}:${ids.hostId}`
  if (definition.subject === 'host' && ids.hostId) return `host:${ids.hostId}`
  return `operation:${ids.operationId}`
}

/** Adds the job that runs an operation, or replaces the one that waits. `delayMs` from now. */
export async function addJob(
  tx: Db,
  operation: { id: string; queue: string },
  when: keyof typeof PRIORITY = 'new',
  delayMs = 0,
): Promise<void> {
  await tx.$executeRaw`
    SELECT 1 FROM graphile_worker.add_job(
      identifier := ${RUN_OPERATION_TASK}::text,
      payload := json_build_object('operationId', ${operation.id}::text),
      queue_name := ${operation.queue}::text,
      run_at := now() + ${delayMs}::int * interval '1 millisecond',
      max_attempts := ${MAX_ATTEMPTS}::int,
      job_key := ${operation.id}::text,
      priority := ${PRIORITY[when]}::int)`
}

/** Takes back a job that no worker has begun. */
export async function removeJob(tx: Db, operationId: string): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM graphile_worker.remove_job(${operationId}::text)`
}
