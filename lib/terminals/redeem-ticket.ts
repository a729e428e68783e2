import type { Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { db } from '../db/client.ts'
import { holderOf } from './holder.ts'
import { digestOfTicket } from './issue-ticket.ts'

export type Redeemed = {
  terminalId: string
  /** The worker that holds the VE's host now; null when none does. */
  worker: { id: string; address: string } | null
}

type Row = { id: string; worker_id: string | null; terminal_address: string | null }

/**
 * Uses a ticket up: of two that come with the same one, one statement lets one through. Throws `terminal-refused`, with the
 * same words whatever was wrong with it. One of another session stays good for its own.
 */
export async function redeemTicket(viewer: Viewer, ticket: string): Promise<Redeemed> {
  const rows = await db().$queryRaw<Row[]>`
    WITH used AS (
      UPDATE terminal SET used_at = now()
      WHERE ticket_digest = ${digestOfTicket(ticket)} AND used_at IS NULL AND closed_at IS NULL AND expires_at > now()
        AND user_id = ${viewer.userId} AND session_id = ${holderOf(viewer)}
      RETURNING id, ve_id
    )
    SELECT used.id, w.id AS worker_id, w.terminal_address
    FROM used JOIN ve ON ve.id = used.ve_id JOIN host h ON h.id = ve.host_id
    LEFT JOIN worker w ON w.id = h.leased_by AND h.lease_until > now() AND w.stopped_at IS NULL`
  const [row] = rows
  if (!row)
    throw new Problem('terminal-refused', 'The ticket is not valid, was used before, or came too late.')
  const { worker_id: id, terminal_address: address } = row
  return { terminalId: row.id, worker: id && address ? { id, address } : null }
}
