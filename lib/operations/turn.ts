/** Whose turn it is in a queue: what runs first, then what is urgent and can be done now, then the oldest. */
import { VE_STATE, type VeState } from '../contract/ve-state.ts'
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import { OPERATIONS, type OperationType } from './registry.ts'

type Waiting = Pick<Operation, 'id' | 'type' | 'status' | 'input'>

const definitionOf = ({ type }: Pick<Waiting, 'type'>) => OPERATIONS[type as OperationType]

const isUrgent = (operation: Waiting) => definitionOf(operation).urgent?.(operation.input as never) ?? false

function others(tx: Db, { id, queue }: Pick<Operation, 'id' | 'queue'>): Promise<Waiting[]> {
  return tx.operation.findMany({
    where: { queue, status: { in: ['queued', 'running'] }, NOT: { id } },
    select: { id: true, type: true, status: true, input: true },
    orderBy: { id: 'asc' },
  })
}

/**
 * Whether others of its queue go before this operation. What is urgent overtakes only what it could do without: a stop
 * that was asked for after a start waits for that start.
 */
export async function mustWaitItsTurn(
  tx: Db,
  operation: Waiting & Pick<Operation, 'queue' | 'veId' | 'hostId' | 'planId'>,
): Promise<boolean> {
  if (definitionOf(operation).alongside) return isCrowded(tx, operation)
  const rest = await others(tx, operation)
  if (rest.length === 0) return false
  if (rest.some(({ status }) => status === 'running')) return true
  const state = operation.veId ? await stateBefore(tx, operation.veId, [...rest, operation]) : null
  const overtakes = (each: Waiting) =>
    isUrgent(each) && state !== null && (definitionOf(each).ve?.from ?? []).includes(state)
  const mine = overtakes(operation)
  return rest.some((other) => {
    const theirs = overtakes(other)
    return theirs === mine ? other.id < operation.id : theirs
  })
}

/**
 * Each holds one of the few channels to its host for as long as it runs: others need some too, and so do other VEs. Of what is about
 * a plan one runs at a time.
 */
const ALONGSIDE_MOST = { host: 3, ve: 2 } as const

async function isCrowded(
  tx: Db,
  { id, type, hostId, veId, planId }: Pick<Operation, 'id' | 'type' | 'hostId' | 'veId' | 'planId'>,
): Promise<boolean> {
  // One is counted after the other.
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`alongside:${hostId ?? planId}`}, 0))`
  const running = { type, status: 'running' as const, NOT: { id } }
  if (planId !== null) return (await tx.operation.count({ where: { ...running, planId } })) > 0
  if ((await tx.operation.count({ where: { ...running, veId } })) >= ALONGSIDE_MOST.ve) return true
  return (await tx.operation.count({ where: { ...running, hostId } })) >= ALONGSIDE_MOST.host
}

/**
 * The settled state that a VE is in as far as those that wait are concerned: its transitional one was entered for the first of
 * them, which has not begun. Null when none of them would have entered it.
 */
async function stateBefore(tx: Db, veId: string, waiting: readonly Waiting[]): Promise<VeState | null> {
  const ve = await tx.ve.findUnique({ where: { id: veId }, select: { state: true } })
  if (!ve || !VE_STATE[ve.state].transitional) return ve?.state ?? null
  const inOrder = [...waiting].sort((a, b) => (a.id < b.id ? -1 : 1))
  const first = inOrder.find((each) => definitionOf(each).ve?.during === ve.state)
  return (first && definitionOf(first).ve?.from[0]) ?? null
}

/** The state that an operation is judged by which overtakes what entered the VE's transitional one. */
export async function stateToJudgeBy(
  tx: Db,
  operation: Pick<Operation, 'id' | 'queue'>,
  ve: { id: string; state: VeState },
): Promise<VeState> {
  return (await stateBefore(tx, ve.id, await others(tx, operation))) ?? ve.state
}

/** Whether something urgent waits for what works on the VE now. */
export async function isHurried(tx: Db, veId: string): Promise<boolean> {
  const waiting = await tx.operation.findMany({
    where: { queue: `ve:${veId}`, status: 'queued' },
    select: { id: true, type: true, status: true, input: true },
  })
  return waiting.some(isUrgent)
}

/** Whether an operation that takes its turn on the VE is queued or under way. */
export async function veIsBusy(tx: Db, veId: string): Promise<boolean> {
  const where = { queue: `ve:${veId}`, status: { in: ['queued' as const, 'running' as const] } }
  return (await tx.operation.count({ where })) > 0
}
