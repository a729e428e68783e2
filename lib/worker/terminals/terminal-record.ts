/** What stays of a terminal: its row, and in the audit log who came in, when, and why it ended. */

import { STREAMS_MOST } from '../../agent-link/stream-pool.ts'
import type { AuditAction } from '../../audit/actions.ts'
import { recordAudit } from '../../audit/record.ts'
import { Problem } from '../../contract/problem.ts'
import { type Db, transaction } from '../../db/client.ts'

export const TERMINALS_A_USER = 10
/** On VEs of one account on one host: the other half of what a host holds is for others. */
export const TERMINALS_AN_ACCOUNT = STREAMS_MOST / 2
/** Namespaces of the advisory locks, so that they never meet another use of advisory locks. A user's is taken first. */
const USER_SEED = 0x7e4_0001n
const ACCOUNT_SEED = 0x7e4_0002n

/** Marks it as this worker's, once, if neither the person nor the VE's account has too many. Throws `terminal-refused`. */
export function recordOpened(id: string, workerId: string, ipAddress: string | null): Promise<void> {
  return transaction(async (tx) => {
    const terminal = await tx.terminal.findUnique({
      where: { id },
      select: { userId: true, ve: { select: { accountId: true, hostId: true } } },
    })
    if (!terminal) throw new Problem('terminal-refused', 'There is no such terminal.')
    const { userId, ve } = terminal
    await lock(tx, userId, USER_SEED)
    const open = await tx.terminal.count({ where: { userId, openedAt: { not: null }, closedAt: null } })
    if (open >= TERMINALS_A_USER)
      throw new Problem('terminal-refused', `You have ${open} terminals open, the most that one person may.`)
    await refuseFullShare(tx, ve)
    const { count } = await tx.terminal.updateMany({
      where: { id, openedAt: null, closedAt: null },
      data: { openedAt: new Date(), workerId },
    })
    if (count === 0) throw new Problem('terminal-refused', 'This terminal was opened before.')
    await audit(tx, id, 'terminal-open', {}, ipAddress)
  })
}

async function refuseFullShare(tx: Db, ve: { accountId: string; hostId: string }): Promise<void> {
  await lock(tx, `${ve.accountId} ${ve.hostId}`, ACCOUNT_SEED)
  const open = await tx.terminal.count({ where: { openedAt: { not: null }, closedAt: null, ve } })
  if (open >= TERMINALS_AN_ACCOUNT)
    throw new Problem(
      'terminal-refused',
      `${open} terminals into VEs of this account on this host are open, the most there may be.`,
    )
}

const lock = (tx: Db, what: string, seed: bigint) =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${what}, ${seed}))`

/** Nothing happens to one that is closed already. */
export function recordClosed(id: string, reason: string): Promise<void> {
  return transaction(async (tx) => {
    const rows = await tx.terminal.updateManyAndReturn({
      where: { id, openedAt: { not: null }, closedAt: null },
      data: { closedAt: new Date(), closedFor: reason },
      select: { openedAt: true, closedAt: true },
    })
    for (const { openedAt, closedAt } of rows) {
      const seconds = Math.round((Number(closedAt) - Number(openedAt)) / 1000)
      await audit(tx, id, 'terminal-close', { reason, seconds }, null)
    }
  })
}

/** Reading what init said is no coming in. */
async function audit(
  tx: Db,
  id: string,
  action: AuditAction,
  details: Record<string, string | number>,
  ipAddress: string | null,
): Promise<void> {
  const row = await tx.terminal.findUniqueOrThrow({
    where: { id },
    select: {
      kind: true,
      userId: true,
      ve: { select: { id: true, name: true, accountId: true, hostId: true } },
    },
  })
  if (row.kind !== 'console') return
  const user = await tx.user.findUnique({ where: { id: row.userId }, select: { name: true } })
  const { ve } = row
  await recordAudit(tx, {
    action,
    actor: { userId: row.userId, name: user?.name ?? 'a user who was removed' },
    accountId: ve.accountId,
    veId: ve.id,
    hostId: ve.hostId,
    subject: ve.name,
    details,
    ipAddress,
  })
}
