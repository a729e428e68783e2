/** Whether terminals may go on: asked of the database every second, and before one is opened. */
import { loadViewers } from '../../auth/load-viewer.ts'
import { can, canAtProvider, type Viewer } from '../../auth/viewer.ts'
import type { TerminalKind } from '../../contract/agent-protocol.ts'
import type { VeNamespace } from '../../contract/ve-application.ts'
import type { VeState } from '../../contract/ve-state.ts'
import { db } from '../../db/client.ts'
import { TERMINAL_PERMISSION } from '../../terminals/issue-ticket.ts'
import type { TerminalEnd } from '../../terminals/protocol.ts'
import { isHostRoot } from '../../ves/privileges.ts'

/** A terminal with all that bears on it, as the database has it now. */
export type Standing = {
  id: string
  kind: TerminalKind
  user_id: string
  /** The session, or the key, still holds. */
  signed_in: boolean
  ve_id: string
  veid: number
  ve_name: string
  epoch: number
  namespaces: VeNamespace[]
  state: VeState
  suspended: boolean
  account_id: string
  host_id: string
  leased_by: string | null
}

export async function standings(ids: string[]): Promise<Map<string, Standing>> {
  const rows = await db().$queryRaw<Standing[]>`
    SELECT t.id, t.kind::text AS kind, t.user_id, t.ve_id,
      EXISTS (SELECT 1 FROM session s WHERE s.id = t.session_id AND s.user_id = t.user_id AND s.expires_at > now())
        OR EXISTS (SELECT 1 FROM api_key k WHERE 'api-key:' || k.id = t.session_id AND k.user_id = t.user_id
          AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS signed_in,
      ve.veid, ve.name AS ve_name, ve.namespaces, ve.epoch, ve.state::text AS state, ve.suspended_at IS NOT NULL AS suspended,
      ve.account_id, ve.host_id, h.leased_by
    FROM terminal t JOIN ve ON ve.id = t.ve_id JOIN host h ON h.id = ve.host_id
    WHERE t.id = ANY(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.id, row]))
}

const GONE: readonly VeState[] = ['destroying', 'destroyed']
const DOWN: readonly VeState[] = ['creating', 'stopped', 'starting', 'hibernated', 'restoring', 'failed']

/** Null: nothing stands against it. `opened`: where the VE was when the terminal was opened. */
export function whyCut(
  now: Standing | undefined,
  opened: { hostId: string; epoch: number },
  workerId: string,
  viewer: Viewer | null,
): TerminalEnd | null {
  if (!now || GONE.includes(now.state)) return 've-destroyed'
  if (!viewer || !now.signed_in) return 'session-ended'
  if (!can(viewer, TERMINAL_PERMISSION[now.kind], now.account_id)) return 'forbidden'
  const closed = isHostRoot(now.namespaces) && !canAtProvider(viewer, TERMINAL_PERMISSION.console)
  if (now.kind === 'console' && closed) return 'forbidden'
  if (now.kind === 'console' && now.suspended) return 've-suspended'
  if (now.host_id !== opened.hostId || now.epoch !== opened.epoch) return 've-moved'
  if (now.kind === 'console' && DOWN.includes(now.state)) return 've-stopped'
  if (now.leased_by !== workerId) return 'worker-changed'
  return null
}

/** Each person once, however many terminals they have; who is no more is left out. */
export async function viewersOf(rows: Iterable<Standing>): Promise<Map<string, Viewer>> {
  const ids = new Set([...rows].map(({ user_id }) => user_id))
  return loadViewers([...ids], { via: 'session' })
}
