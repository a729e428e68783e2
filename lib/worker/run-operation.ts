/** The queue's task: claims one operation, runs its saga, ends it. Never throws for what the operation itself does. */
import { Problem, type ProblemJson } from '../contract/problem.ts'
import { type Db, db } from '../db/client.ts'
import { storableJson } from '../db/storable.ts'
import type { StepStatus } from '../operations/definition.ts'
import { addJob } from '../operations/job.ts'
import { OPERATIONS, type OperationType } from '../operations/registry.ts'
import type { Outcome, SettledContext } from '../operations/saga.ts'
import { open } from '../secrets/open.ts'
import { operationPurpose } from '../secrets/seal.ts'
import { type ClaimedOperation, claimOperation } from './claim-operation.ts'
import { Interrupted } from './interrupted.ts'
import type { LiveOperation } from './live-operations.ts'
import { OperationLog } from './operation-log.ts'
import { type RunnableStep, runSaga } from './run-saga.ts'
import { stepContext } from './saga-context.ts'
import { endOperation, sagaRecord } from './saga-record.ts'
import { type AnySaga, sagaOf } from './sagas.ts'
import type { WorkerContext } from './worker-context.ts'

/** How soon to look again whether an older operation of the queue is done. */
const LOOK_AGAIN_MS = 300
/** After a fault of our own surroundings, such as a database that restarts. */
const AFTER_FAULT_MS = 1_000

export async function runOperation(worker: WorkerContext, operationId: string): Promise<void> {
  if (!worker.live.reserve(operationId)) return
  let aside = false
  try {
    const claim = await claimOperation(operationId, worker.id)
    if (claim.kind === 'wait') await addJob(db(), claim.operation, 'again', LOOK_AGAIN_MS)
    if (claim.kind !== 'claimed') return
    aside = OPERATIONS[claim.operation.type as OperationType].alongside ?? false
    if (aside) runAside(worker, claim.operation)
    else await runClaimed(worker, claim.operation)
  } finally {
    if (!aside) worker.live.remove(operationId)
  }
}

/** Its job is done with this: what becomes of the operation is its heartbeat's matter, and the reconcilers'. */
function runAside(worker: WorkerContext, operation: ClaimedOperation): void {
  const run = runClaimed(worker, operation)
    .catch((error) => worker.log.error({ err: error, operation: operation.id }, 'putting it back failed'))
    .finally(() => {
      worker.live.remove(operation.id)
      worker.aside.delete(run)
    })
  worker.aside.add(run)
}

async function runClaimed(worker: WorkerContext, operation: ClaimedOperation): Promise<void> {
  const live = worker.live.add(operation.id, operation.deadlineAt ?? new Date())
  const log = worker.log.child({ operation: operation.id, type: operation.type })
  log.info('operation begins')
  try {
    const outcome = await course(worker, operation, live)
    log.info({ status: outcome.status, problem: problemForLog(outcome) }, 'operation ends')
  } catch (error) {
    if (error instanceof Interrupted && error.reason === 'taken-over') {
      log.warn('operation was taken over by another worker')
      return
    }
    if (!(error instanceof Interrupted)) {
      log.error({ err: error }, 'operation is put back after a fault')
      if (await gaveUp(worker, operation, error)) return
    }
    await putBack(worker, operation, error instanceof Interrupted ? 0 : AFTER_FAULT_MS)
  }
}

/**
 * A fault that stays is not tried for ever: after the deadline, and as long again for undoing, the operation is stuck.
 * False when there is time left, or the database is what fails.
 */
async function gaveUp(worker: WorkerContext, operation: ClaimedOperation, error: unknown): Promise<boolean> {
  const type = operation.type as OperationType
  const { deadlineSeconds } = OPERATIONS[type]
  const last = (operation.deadlineAt ?? new Date()).getTime() + deadlineSeconds * 1000
  if (Date.now() < last) return false
  const outcome = { status: 'stuck', problem: Problem.from(error), begun: true } as const
  const settled = () => end(worker, operation, sagaOf(type), outcome, {})
  // Settling may be what fails.
  const unsettled = () => endOperation(operation, worker.id, outcome, { result: null })
  return settled()
    .catch(unsettled)
    .then(
      () => true,
      () => false,
    )
}

/** Lets go of an operation so that any worker can go on with it. */
async function putBack(worker: WorkerContext, operation: ClaimedOperation, delayMs: number): Promise<void> {
  await db().operation.updateMany({
    where: { id: operation.id, workerId: worker.id, status: 'running' },
    data: { workerId: null },
  })
  await addJob(db(), operation, 'again', delayMs)
}

async function course(
  worker: WorkerContext,
  operation: ClaimedOperation,
  live: LiveOperation,
): Promise<Outcome> {
  const type = operation.type as OperationType
  const saga = sagaOf(type)
  const log = new OperationLog(operation, worker.id)
  const hosts = worker.hosts.forOperation()
  const outputs: Record<string, unknown> = {}
  for (const step of operation.steps) if (step.status === 'done') outputs[step.name] = step.output
  const secret = operation.sealed
    ? open(worker.sealingKey, operation.sealed, operationPurpose(operation.id))
    : undefined
  const shared = { operationId: operation.id, input: operation.input, secret, outputs, hosts, log }
  if (operation.cancelRequestedAt) live.forward.abort(new Problem('cancelled', 'It was cancelled.'))
  try {
    const outcome = await runSaga({
      steps: operation.steps.map((row) => runnable(saga, row, shared)),
      record: sagaRecord(operation, worker.id, log),
      problem: firstProblem(operation.problem as ProblemJson | null),
      forward: live.forward.signal,
      interrupt: live.interrupt.signal,
      undoPatienceMs: undoSecondsOf(OPERATIONS[type]) * 1000,
    })
    await log.flush()
    await end(worker, operation, saga, outcome, outputs)
    return outcome
  } finally {
    await hosts.close()
  }
}

const undoSecondsOf = (definition: { deadlineSeconds: number; undoSeconds?: number }) =>
  definition.undoSeconds ?? definition.deadlineSeconds

type Shared = Parameters<typeof stepContext>[0]

function runnable(saga: AnySaga, row: ClaimedOperation['steps'][number], shared: Shared): RunnableStep {
  const step = saga.steps[row.name]
  if (!step) throw new Error(`The saga has no step ${row.name}.`)
  const { undo, begin, committed } = step
  return {
    name: row.name,
    status: row.status.replace('_', '-') as StepStatus,
    ...(begin ? { begin: (tx: Db) => begin(tx, shared as SettledContext<OperationType>) } : {}),
    ...(committed ? { committed } : {}),
    async do(signal) {
      const output = storableJson(await step.do(stepContext(shared, row.name, 'do', signal)))
      shared.outputs[row.name] = output
      return output
    },
    ...(undo ? { undo: (signal) => undo(stepContext(shared, row.name, 'undo', signal)) } : {}),
  }
}

async function end(
  worker: WorkerContext,
  operation: ClaimedOperation,
  saga: AnySaga,
  outcome: Outcome,
  outputs: Record<string, unknown>,
) {
  const context = {
    operationId: operation.id,
    input: operation.input,
    outputs,
  } as SettledContext<OperationType>
  await endOperation(operation, worker.id, outcome, {
    result: outcome.status === 'succeeded' ? saga.result?.(context) : null,
    settle: saga.settle ? async (tx: Db) => saga.settle?.(tx, outcome, context) : undefined,
  })
}

/** A stuck operation's problem wraps the one that made it go backward. */
function firstProblem(stored: ProblemJson | null): Problem | null {
  if (!stored) return null
  const first = stored.context?.first as ProblemJson | undefined
  return Problem.fromJson(first ?? stored)
}

function problemForLog(outcome: Outcome) {
  if (outcome.status === 'succeeded') return undefined
  const { problem } = outcome
  const stack = problem.cause instanceof Error ? problem.cause.stack : undefined
  return { code: problem.code, detail: problem.detail, stack }
}
