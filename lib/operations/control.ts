/** What an admin can do to an operation that exists: cancel, retry, release. Each in the caller's transaction. */

import { retryBackup } from '../backups/again.ts'
import type { ObservedVe } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { type Operation, Prisma } from '../db/generated/client.ts'
import { retryMove } from '../moves/again.ts'
import { isUnsettled, keepRoomAgain } from '../moves/unsettled.ts'
import { retrySnapshot } from '../snapshots/again.ts'
import { isLive } from './definition.ts'
import { enqueueOperation, insertOperation, type OperationRequest } from './enqueue.ts'
import { emitOperationEvent } from './events.ts'
import { addJob, removeJob } from './job.ts'
import { isPastReturn } from './no-return.ts'
import { clearHalfDone, problemColumn } from './problem-column.ts'
import { OPERATIONS, type OperationInput, type OperationType } from './registry.ts'
import { dropReservedBy } from './reserved.ts'
import { mustWaitItsTurn, veIsBusy } from './turn.ts'
import { enterVeState, lockVe } from './ve-gate.ts'

type Actor = { userId: string | null; name: string }

/**
 * Asks an operation to stop; what it began is undone. One that waits behind another ends at once. Throws `not-found`,
 * and `conflict` when it has ended, cannot be cancelled while it runs, or is too far for that.
 */
export async function cancelOperation(tx: Db, operationId: string): Promise<void> {
  const operation = await lockOperation(tx, operationId)
  if (!isLive(operation.status))
    throw new Problem('conflict', `This operation has ended: ${operation.status}.`)
  const definition = OPERATIONS[operation.type as OperationType]
  if (operation.status === 'running' && !definition.cancellable)
    throw new Problem('conflict', `“${definition.label}” cannot be cancelled once it runs.`)
  if (operation.status === 'running') await refusePastReturn(tx, operation)
  const now = new Date()
  if (operation.status === 'queued' && (await mustWaitItsTurn(tx, operation))) {
    await removeJob(tx, operationId)
    const problem = problemColumn(new Problem('cancelled', 'It was cancelled before it began.'))
    await tx.operation.update({
      where: { id: operationId },
      data: { status: 'cancelled', cancelRequestedAt: now, endedAt: now, problem, sealed: null },
    })
    await dropReservedBy(tx, operation)
  } else {
    await tx.operation.update({ where: { id: operationId }, data: { cancelRequestedAt: now } })
  }
  await emitOperationEvent(tx, operation)
}

async function refusePastReturn(tx: Db, { id, type }: Operation): Promise<void> {
  const steps = await tx.operationStep.findMany({ where: { operationId: id } })
  if (!isPastReturn(type as OperationType, steps)) return
  throw new Problem('conflict', 'It is too far to turn back: wait until it has ended.')
}

/**
 * Tries again: a failed or cancelled operation as a new one with the same input; a stuck one goes on undoing, and so does a move that
 * was released before both hosts had answered. Throws
 * `conflict` when it is live or succeeded, or when it needs a secret, which is gone.
 */
export async function retryOperation(
  tx: Db,
  operationId: string,
  actor: Actor,
): Promise<{ operationId: string }> {
  const operation = await lockOperation(tx, operationId)
  if (operation.status === 'stuck' || (await isUnsettled(tx, operation))) return goOnUndoing(tx, operation)
  if (operation.status !== 'failed' && operation.status !== 'cancelled')
    throw new Problem(
      'conflict',
      `Only what failed can be tried again; this operation is ${operation.status}.`,
    )
  const type = operation.type as OperationType
  if (type === 'host-enrol')
    throw new Problem(
      'conflict',
      'The password or key was wiped when it ended: enrol the host again with it.',
    )
  refuseLost(operation)
  await retrySnapshot(tx, operation)
  await retryBackup(tx, operation)
  await retryMove(tx, operation)
  const request = requestOf(operation, type, actor)
  return CREATES.includes(type) ? retryCreation(tx, operation, request) : enqueueOperation(tx, request)
}

async function goOnUndoing(tx: Db, operation: Operation): Promise<{ operationId: string }> {
  if (operation.veId && (await veIsBusy(tx, operation.veId)))
    throw new Problem('conflict', 'Another operation works on this VE: wait until it has ended.')
  await tx.operation.update({
    where: { id: operation.id },
    data: { status: 'running', workerId: null, endedAt: null },
  })
  if (operation.type === 've-move') await keepRoomAgain(tx, operation)
  await addJob(tx, operation, 'again')
  await emitOperationEvent(tx, operation)
  return { operationId: operation.id }
}

function requestOf(operation: Operation, type: OperationType, actor: Actor): OperationRequest {
  const { title, accountId, hostId, veId, templateId, planId } = operation
  const input = operation.input as OperationRequest['input']
  return { type, input, title, actor, accountId, hostId, veId, templateId, planId }
}

/** Each is the first of its VE, which comes to be by it. */
const CREATES: readonly string[] = ['ve-create', 've-recover']

/** What an operation needs and lost when it ended: its secret, and what was reserved for it. */
function refuseLost({ type, input }: Operation) {
  const { hasPassword, hasStdin, change } = input as Partial<
    OperationInput<'ve-create'> & OperationInput<'ve-exec'> & OperationInput<'ve-configure'>
  >
  const lost = (sentence: string) => new Problem('conflict', sentence)
  if (type === 've-create' && hasPassword)
    throw lost('The root password was wiped when it ended: destroy the VE and create it again with one.')
  if (hasPassword || change?.hasPassword)
    throw lost('The root password was wiped when it ended: ask for it again with one.')
  if (hasStdin) throw lost('The input was wiped when it ended: run the command again with it.')
  const { add = [], assign = [] } = change?.interfaces ?? {}
  if (add.length + assign.length > 0)
    throw lost('What was reserved for it was given back when it ended: ask for the change again.')
}

/** A creation may be tried again as long as it is the only thing that ever happened to the VE. */
async function retryCreation(tx: Db, operation: Operation, request: OperationRequest) {
  const ve = await lockVe(tx, operation.veId ?? '')
  const others = { veId: ve.id, OR: [{ NOT: { type: operation.type } }, { status: { in: LIVE_OR_DONE } }] }
  if (ve.state !== 'failed' || (await tx.operation.count({ where: others })) > 0)
    throw new Problem('conflict', `${ve.name} is ${ve.state}; its creation cannot be tried again.`)
  await enterVeState(tx, ve, 'creating')
  return insertOperation(tx, request)
}
const LIVE_OR_DONE: ('queued' | 'running' | 'succeeded' | 'stuck')[] = [
  'queued',
  'running',
  'succeeded',
  'stuck',
]

/**
 * Gives up on a stuck operation: what it left on the host is the admin's to clear up. Its VE is as it was seen last, or
 * could only be destroyed; one that was never made stays "failed", and so does one that may stand still for a move. Throws `conflict`
 * unless stuck.
 */
export async function releaseOperation(
  tx: Db,
  operationId: string,
  actor: Actor,
  reason: string,
): Promise<void> {
  const operation = await lockOperation(tx, operationId)
  if (operation.status !== 'stuck')
    throw new Problem('conflict', `Only a stuck operation can be released; this one is ${operation.status}.`)
  await tx.operation.update({ where: { id: operationId }, data: { status: 'failed', sealed: null } })
  await dropReservedBy(tx, operation)
  // It may stand still, whatever its host shows: it stays "failed", with what leads out, until the move is tried again.
  if (operation.veId && !(await isUnsettled(tx, operation)))
    await settleReleased(tx, operation.veId, operation.type as OperationType)
  const steps = await tx.operationStep.count({ where: { operationId } })
  const line = `Released by ${actor.name}: ${reason}`
  await tx.operationLog.create({ data: { operationId, stepIndex: steps - 1, line } })
  await emitOperationEvent(tx, operation)
}

/** Only while nothing else has been done to the VE since. */
async function settleReleased(tx: Db, veId: string, type: OperationType): Promise<void> {
  const ve = await lockVe(tx, veId)
  if (await veIsBusy(tx, veId)) return
  if (ve.state !== 'failed' && ve.state !== OPERATIONS[type].ve?.during) return clearHalfDone(tx, veId)
  const { observed } = await tx.ve.findUniqueOrThrow({ where: { id: veId }, select: { observed: true } })
  const seen = CREATES.includes(type) ? null : (observed as ObservedVe | null)?.state
  if (seen !== 'running' && seen !== 'stopped' && seen !== 'hibernated') return enterVeState(tx, ve, 'failed')
  await tx.ve.update({ where: { id: veId }, data: { problem: Prisma.DbNull } })
  await enterVeState(tx, ve, seen)
}

async function lockOperation(tx: Db, operationId: string): Promise<Operation> {
  await tx.$queryRaw`SELECT 1 FROM operation WHERE id = ${operationId}::uuid FOR NO KEY UPDATE`
  const operation = await tx.operation.findUnique({ where: { id: operationId } })
  if (!operation) throw new Problem('not-found', 'This operation does not exist.')
  return operation
}
