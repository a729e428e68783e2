import type { Db } from '../db/client.ts'
import { Interrupted } from './interrupted.ts'

/**
 * Holds an operation's row for this transaction if it is still this worker's; throws `Interrupted` if another has taken
 * it over. Every write to a running operation goes through here, so a worker that was declared dead and wakes up again
 * changes nothing.
 */
export async function fence(tx: Db, operationId: string, workerId: string): Promise<void> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM operation
    WHERE id = ${operationId}::uuid AND worker_id = ${workerId}::uuid AND status = 'running'
    FOR NO KEY UPDATE`
  if (rows.length === 0) throw new Interrupted('taken-over')
}
