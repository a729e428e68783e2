/** Whose turn it is in a queue: what runs first, then what is urgent, then the oldest. */
import type { Db } from '../db/client.ts'
import type { Operation } from '../db/generated/client.ts'
import { OPERATIONS, type OperationType } from './registry.ts'

type Waiting = Pick<Operation, 'id' | 'type' | 'status' | 'input' | 'queue'>

const isUrgent = ({ type, input }: Waiting) =>
  OPERATIONS[type as OperationType].urgent?.(input as never) ?? false

/** The others of its queue that go before this operation. */
export async function goBefore(tx: Db, operation: Waiting): Promise<Waiting[]> {
  const others = await tx.operation.findMany({
    where: { queue: operation.queue, status: { in: ['queued', 'running'] }, NOT: { id: operation.id } },
    select: { id: true, type: true, status: true, input: true, queue: true },
  })
  const mine = isUrgent(operation)
  return others.filter((other) => {
    if (other.status === 'running') return true
    const urgent = isUrgent(other)
    return urgent === mine ? other.id < operation.id : urgent
  })
}

/** Whether something urgent waits for what works on the VE now. */
export async function isHurried(tx: Db, veId: string): Promise<boolean> {
  const waiting = await tx.operation.findMany({
    where: { queue: `ve:${veId}`, status: 'queued' },
    select: { id: true, type: true, status: true, input: true, queue: true },
  })
  return waiting.some(isUrgent)
}

/** Whether an operation that takes its turn on the VE is queued or under way. */
export async function veIsBusy(tx: Db, veId: string): Promise<boolean> {
  const where = { queue: `ve:${veId}`, status: { in: ['queued' as const, 'running' as const] } }
  return (await tx.operation.count({ where })) > 0
}

/**
 * The settled state of a VE whose transitional one was entered for an operation that still waits: what is urgent and goes
 * before that is judged by it. Null when nothing waits that would have entered this state.
 */
export async function stateBeforeWaiting(tx: Db, veId: string, state: string) {
  const waiting = await tx.operation.findMany({
    where: { queue: `ve:${veId}`, status: 'queued' },
    select: { type: true },
    orderBy: { id: 'asc' },
  })
  const rules = waiting.map(({ type }) => OPERATIONS[type as OperationType].ve)
  return rules.find((rule) => rule?.during === state)?.from[0] ?? null
}
