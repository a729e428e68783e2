import type { VeLimits } from '../../contract/ve-limits.ts'
import type { Db } from '../../db/client.ts'
import type { Ve } from '../../db/generated/client.ts'
import { limitsOfRow } from './row.ts'

/**
 * A VE's limits once what was asked for is done. A change gives all of them: one that began with the record instead would take back
 * what an earlier one, which still waits or goes on, gives. With the VE's row locked.
 */
export async function limitsAhead(on: Db, ve: Ve): Promise<VeLimits> {
  const [last] = await on.$queryRaw<{ limits: VeLimits }[]>`
    SELECT input->'change'->'limits' AS limits FROM operation
    WHERE ve_id = ${ve.id}::uuid AND type = 've-configure' AND status IN ('queued', 'running')
      AND input->'change'->'limits' IS NOT NULL
    ORDER BY id DESC LIMIT 1`
  return last?.limits ?? limitsOfRow(ve)
}
