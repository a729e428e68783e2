import { createHash, randomBytes } from 'node:crypto'
import { idOf, notFound } from '../auth/not-found.ts'
import type { Permission } from '../auth/permissions.ts'
import { ownedBy } from '../auth/scope.ts'
import { demand, type Viewer } from '../auth/viewer.ts'
import type { TerminalKind } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import type { VeNamespace } from '../contract/ve-application.ts'
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import type { Db } from '../db/client.ts'
import type { TerminalKind as StoredKind } from '../db/generated/enums.ts'
import { refuseHostRoot } from '../ves/privileges.ts'
import { holderOf } from './holder.ts'
import { TERMINALS_URL } from './limits.ts'
import type { TerminalInput, TerminalTicket } from './resource.ts'

export const TICKET_SECONDS = 30
const TICKETS_A_MINUTE = 60

export const TERMINAL_PERMISSION = {
  console: 've:console',
  'boot-log': 've:read',
} as const satisfies Record<TerminalKind, Permission>

export const STORED_KIND = { console: 'console', 'boot-log': 'boot_log' } as const satisfies Record<
  TerminalKind,
  StoredKind
>

/** What init said can also be read after it ended, and is most wanted while it starts. */
const STATES: Record<TerminalKind, readonly VeState[]> = {
  console: ['running'],
  'boot-log': ['stopped', 'starting', 'running', 'stopping', 'hibernating', 'hibernated'],
}

/**
 * A ticket for a terminal, good once, for TICKET_SECONDS, in this viewer's session. Throws `not-found`, `forbidden`,
 * `ve-not-running`, `ve-suspended`, `ve-state-forbids`, `host-unreachable`, `rate-limited`.
 */
export async function issueTicket(
  viewer: Viewer,
  veId: string,
  { kind = 'console', resume }: TerminalInput,
  tx: Db,
): Promise<TerminalTicket> {
  const ve = await tx.ve.findFirst({
    where: { id: idOf('VE', veId), ...ownedBy(viewer, 've:read') },
    select: {
      id: true,
      name: true,
      accountId: true,
      state: true,
      suspendedAt: true,
      namespaces: true,
      host: { select: { name: true, status: true, leasedBy: true } },
    },
  })
  if (!ve) throw notFound('VE')
  demand(viewer, TERMINAL_PERMISSION[kind], ve.accountId)
  if (kind === 'console')
    refuseHostRoot(viewer, TERMINAL_PERMISSION.console, {
      ...ve,
      namespaces: ve.namespaces as VeNamespace[],
    })
  demandOpenable(kind, ve)
  const ticket = randomBytes(32).toString('base64url')
  const fresh = {
    ticketDigest: digestOfTicket(ticket),
    expiresAt: new Date(Date.now() + TICKET_SECONDS * 1000),
    usedAt: null,
  }
  const holder = { userId: viewer.userId, sessionId: holderOf(viewer) }
  const of = { ...holder, veId: ve.id, kind: STORED_KIND[kind] }
  const terminalId =
    (resume && ve.host.leasedBy
      ? await renew(tx, { ...of, id: resume, workerId: ve.host.leasedBy }, fresh)
      : null) ?? (await add(tx, of, fresh))
  return { terminalId, url: TERMINALS_URL, ticket, expiresAt: fresh.expiresAt.toISOString() }
}

/** Tickets are random: no salt, no slow hash. */
export const digestOfTicket = (ticket: string): string => createHash('sha256').update(ticket).digest('hex')

type Openable = {
  name: string
  state: VeState
  suspendedAt: Date | null
  host: { name: string; status: string }
}

function demandOpenable(kind: TerminalKind, { name, state, suspendedAt, host }: Openable): void {
  if (kind === 'console' && suspendedAt)
    throw new Problem('ve-suspended', `${name} is suspended: its console cannot be opened.`)
  const is = VE_STATE[state].label.toLowerCase()
  if (!STATES[kind].includes(state)) {
    if (state === 'hibernated')
      throw new Problem('ve-state-forbids', `${name} is hibernated: resume it, then open its console.`)
    if (kind === 'console') throw new Problem('ve-not-running', `${name} is ${is}.`)
    throw new Problem('ve-state-forbids', `${name} is ${is}: there is no log of its init.`)
  }
  if (host.status !== 'online' && host.status !== 'maintenance')
    throw new Problem('host-unreachable', `Its host ${host.name} is ${host.status}.`)
}

type Fresh = { ticketDigest: string; expiresAt: Date; usedAt: null }
type Of = { userId: string; sessionId: string; veId: string; kind: StoredKind }

/** A terminal that still lives gets the new ticket in place of its old one. */
async function renew(
  tx: Db,
  of: Of & { id: string; workerId: string },
  fresh: Fresh,
): Promise<string | null> {
  const { count } = await tx.terminal.updateMany({
    where: { ...of, openedAt: { not: null }, closedAt: null },
    data: fresh,
  })
  return count === 1 ? of.id : null
}

async function add(tx: Db, of: Of, fresh: Fresh): Promise<string> {
  const since = new Date(Date.now() - 60_000)
  const recent = await tx.terminal.count({ where: { sessionId: of.sessionId, createdAt: { gte: since } } })
  if (recent >= TICKETS_A_MINUTE)
    throw new Problem('rate-limited', `This session asked for ${recent} terminals within a minute.`)
  return (await tx.terminal.create({ data: { ...of, ...fresh }, select: { id: true } })).id
}
