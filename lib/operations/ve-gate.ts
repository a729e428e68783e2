/** Which operation a VE's state lets begin. One rule, asked when an operation is queued and again when it begins. */
import { Problem } from '../contract/problem.ts'
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import type { Db } from '../db/client.ts'
import { SUSPEND_REASON, type SuspendReason } from '../ves/suspension.ts'
import type { VeRule } from './definition.ts'
import { emitVeEvent } from './events.ts'
import { wayOut } from './way-out.ts'

export type LockedVe = {
  id: string
  accountId: string
  name: string
  state: VeState
  suspendedAt: Date | null
  suspendReason: SuspendReason | null
}

/**
 * Locks the VE's row until the transaction ends, so that two requests are judged one after the other. Not FOR UPDATE, here
 * and wherever rows are locked: that would also wait for those who merely refer to the row, and deadlocks come of it.
 */
export async function lockVe(tx: Db, veId: string): Promise<LockedVe> {
  const rows = await tx.$queryRaw<LockedVe[]>`
    SELECT id, account_id AS "accountId", name, state::text AS state, suspended_at AS "suspendedAt",
      suspend_reason::text AS "suspendReason"
    FROM ve WHERE id = ${veId}::uuid FOR NO KEY UPDATE`
  const ve = rows[0]
  if (!ve) throw new Problem('not-found', 'This VE does not exist.')
  return ve
}

/** Throws `ve-suspended`; or `ve-state-forbids`, naming the state that the VE is in and those it would have to be in. */
export function checkVeState(ve: LockedVe, rule: VeRule, label: string): void {
  if (!rule.evenSuspended) refuseSuspended(ve, label)
  if (rule.from.includes(ve.state)) return
  const allowed = rule.from.map((state) => VE_STATE[state].label.toLowerCase())
  const need = allowed.length > 0 ? ` It has to be ${allowed.join(' or ')}.${wayOut(ve.state)}` : ''
  throw new Problem(
    've-state-forbids',
    `${label}: ${ve.name} is ${VE_STATE[ve.state].label.toLowerCase()}.${need}`,
    { context: { state: ve.state, allowed: rule.from } },
  )
}

/** Throws `ve-suspended`. */
export function refuseSuspended(
  ve: Pick<LockedVe, 'name' | 'suspendedAt' | 'suspendReason'>,
  label: string,
): void {
  if (ve.suspendedAt === null) return
  const why = SUSPEND_REASON[ve.suspendReason ?? 'other'].label.toLowerCase()
  throw new Problem('ve-suspended', `${label}: ${ve.name} is suspended (${why}).`, {
    context: { reason: ve.suspendReason },
  })
}

/** `null` leaves it in the state it is in. */
export async function enterVeState(tx: Db, ve: LockedVe, during: VeState | null): Promise<void> {
  if (during === null || ve.state === during) return
  await tx.ve.update({ where: { id: ve.id }, data: { state: during } })
  await emitVeEvent(tx, ve)
}
