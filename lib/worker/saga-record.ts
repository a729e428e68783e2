/** Where the course of an operation is written down: its rows, each change fenced and told to the pages. */
import { type Db, transaction } from '../db/client.ts'
import { type Operation, Prisma } from '../db/generated/client.ts'
import { storableText } from '../db/storable.ts'
import { emitOperationEvent } from '../operations/events.ts'
import { problemColumn } from '../operations/problem-column.ts'
import type { Outcome } from '../operations/saga.ts'
import { fence } from './fence.ts'
import type { OperationLog } from './operation-log.ts'
import type { SagaRecord } from './run-saga.ts'

export function sagaRecord(operation: Operation, workerId: string, log: OperationLog): SagaRecord {
  const write = async (
    index: number,
    data: Prisma.OperationStepUpdateInput,
    more?: (tx: Db) => Promise<unknown>,
  ) => {
    // What the step said comes before how it ended.
    await log.flush()
    await transaction(async (tx) => {
      await fence(tx, operation.id, workerId)
      await tx.operationStep.update({
        where: { operationId_index: { operationId: operation.id, index } },
        data,
      })
      await more?.(tx)
      await emitOperationEvent(tx, operation)
    })
    log.enterStep(index)
  }
  return {
    stepStarted: (index, begin) => {
      log.enterStep(index)
      return write(index, { status: 'running', startedAt: new Date(), endedAt: null }, begin)
    },
    stepDone: (index, output) =>
      write(index, {
        status: 'done',
        endedAt: new Date(),
        output: (output ?? Prisma.DbNull) as Prisma.InputJsonValue,
      }),
    stepFailed: (index, problem) =>
      write(index, { status: 'failed', endedAt: new Date(), detail: storableText(problem.detail) }, (tx) =>
        tx.operation.update({ where: { id: operation.id }, data: { problem: problemColumn(problem) } }),
      ),
    stepUndoing: (index) => {
      log.enterStep(index)
      return write(index, { status: 'undoing', endedAt: null })
    },
    stepUndone: (index) => write(index, { status: 'undone', endedAt: new Date() }),
    stepUndoFailed: (index, problem) =>
      write(index, { status: 'undo_failed', endedAt: new Date(), detail: storableText(problem.detail) }),
  }
}

/** Ends an operation: status, problem and what it means for its subject, all at once. Its secret is wiped. */
export async function endOperation(
  operation: Operation,
  workerId: string,
  outcome: Outcome,
  more: { result: unknown; settle?: (tx: Db) => Promise<void> },
): Promise<void> {
  await transaction(async (tx) => {
    await fence(tx, operation.id, workerId)
    await more.settle?.(tx)
    await tx.operation.update({
      where: { id: operation.id },
      data: {
        status: outcome.status,
        problem: outcome.status === 'succeeded' ? Prisma.DbNull : problemColumn(outcome.problem),
        result: (more.result ?? Prisma.DbNull) as Prisma.InputJsonValue,
        // A stuck operation may go on undoing, and may need the secret for it.
        ...(outcome.status === 'stuck' ? {} : { sealed: null }),
        endedAt: new Date(),
      },
    })
    await emitOperationEvent(tx, operation)
  })
}
