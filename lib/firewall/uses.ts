import type { Db } from '../db/client.ts'

/** A VE that refers to a rule set. */
export type SetUse = {
  id: string
  name: string
  accountId: string
  hostId: string
}

/** Live VEs that refer to a rule set, or will when a change of theirs that waits has been made; in the order of their ids. */
export function usesOfSet(tx: Db, setId: string): Promise<SetUse[]> {
  const entry = JSON.stringify([{ setId }])
  return tx.$queryRaw<SetUse[]>`
    SELECT id, name, account_id AS "accountId", host_id AS "hostId" FROM ve
    WHERE destroyed_at IS NULL AND id IN (
      SELECT ve_id FROM ve_firewall_set WHERE set_id = ${setId}::uuid
      UNION
      SELECT ve_id FROM operation WHERE type = 've-configure' AND status IN ('queued', 'running')
        AND input -> 'change' -> 'firewall' -> 'entries' @> ${entry}::jsonb
    ) ORDER BY id`
}
