/** Takes an operation for this worker, or says why not. */
import { Problem } from '../contract/problem.ts'
import { type Db, transaction } from '../db/client.ts'
import type { Operation, OperationStep } from '../db/generated/client.ts'
import { isLive } from '../operations/definition.ts'
import { emitOperationEvent } from '../operations/events.ts'
import { problemColumn } from '../operations/problem-column.ts'
import { OPERATIONS, type OperationType } from '../operations/registry.ts'
import { dropReservedBy } from '../operations/reserved.ts'
import { mustWaitItsTurn, stateToJudgeBy } from '../operations/turn.ts'
import { checkVeState, enterVeState, lockVe } from '../operations/ve-gate.ts'

export type ClaimedOperation = Operation & { steps: OperationStep[] }
export type Claim =
  | { kind: 'claimed'; operation: ClaimedOperation }
  /** An older one of its queue is not done, or a living worker has it. */
  | { kind: 'wait'; operation: Operation }
  /** It has ended, now or before. */
  | { kind: 'over' }

export function claimOperation(operationId: string, workerId: string): Promise<Claim> {
  return transaction(async (tx): Promise<Claim> => {
    await tx.$queryRaw`SELECT 1 FROM operation WHERE id = ${operationId}::uuid FOR NO KEY UPDATE`
    const operation = await tx.operation.findUnique({ where: { id: operationId } })
    if (!operation || !isLive(operation.status)) return { kind: 'over' }
    if (await mustWait(tx, operation, workerId)) return { kind: 'wait', operation }
    if (operation.status === 'queued' && !(await enterSubject(tx, operation))) return { kind: 'over' }
    const now = new Date()
    const { deadlineSeconds } = OPERATIONS[operation.type as OperationType]
    const deadline = new Date(now.getTime() + deadlineSeconds * 1000)
    const claimed = await tx.operation.update({
      where: { id: operationId },
      data: {
        status: 'running',
        workerId,
        heartbeatAt: now,
        startedAt: operation.startedAt ?? now,
        deadlineAt: operation.deadlineAt ?? deadline,
      },
      include: { steps: { orderBy: { index: 'asc' } } },
    })
    await emitOperationEvent(tx, operation)
    return { kind: 'claimed', operation: claimed }
  })
}

async function mustWait(tx: Db, operation: Operation, workerId: string): Promise<boolean> {
  if (operation.workerId && operation.workerId !== workerId) {
    const holder = await tx.worker.findUnique({ where: { id: operation.workerId } })
    if (holder && holder.stoppedAt === null) return true
  }
  return mustWaitItsTurn(tx, operation)
}

/** Puts the VE into the operation's state. False when its state has come to forbid the operation: that ends it. */
async function enterSubject(tx: Db, operation: Operation): Promise<boolean> {
  const definition = OPERATIONS[operation.type as OperationType]
  if (!definition.ve || !operation.veId) return true
  const ve = await lockVe(tx, operation.veId)
  if (ve.state === definition.ve.during) return true
  try {
    const state = await stateToJudgeBy(tx, operation, ve)
    checkVeState({ ...ve, state }, definition.ve, definition.label)
  } catch (error) {
    const problem = problemColumn(Problem.from(error))
    await tx.operation.update({
      where: { id: operation.id },
      data: { status: 'failed', problem, endedAt: new Date(), sealed: null },
    })
    await dropReservedBy(tx, operation)
    await emitOperationEvent(tx, operation)
    return false
  }
  await enterVeState(tx, ve, definition.ve.during)
  return true
}
