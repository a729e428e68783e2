/**
 * The course of a saga, apart from where it is written down and what its steps do:
 *
 *   forward:  every step in order; one that is done already is passed over
 *   backward: from the failed step to the first, the undo of each that was begun
 *
 * The direction is part of what is stored (`problem` is set before the first undo), so that whoever takes over goes on
 * the same way. Each change is recorded before the next thing happens.
 */
import { Problem, type ProblemCode } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { StepStatus } from '../operations/definition.ts'
import { isPassing } from '../operations/passing.ts'
import type { Outcome } from '../operations/saga.ts'
import { Interrupted } from './interrupted.ts'

export type RunnableStep = {
  name: string
  status: StepStatus
  do(signal: AbortSignal): Promise<unknown>
  undo?(signal: AbortSignal): Promise<void>
  begin?(tx: Db): Promise<void>
  committed?: boolean
}

/** Where the course is written down. Every method throws `Interrupted` when the operation is not this worker's any more. */
export type SagaRecord = {
  /** `begin` in the same transaction. */
  stepStarted(index: number, begin?: (tx: Db) => Promise<void>): Promise<void>
  stepDone(index: number, output: unknown): Promise<void>
  /** Stores the direction too: from now on it goes backward. */
  stepFailed(index: number, problem: Problem): Promise<void>
  stepUndoing(index: number): Promise<void>
  stepUndone(index: number): Promise<void>
  stepUndoFailed(index: number, problem: Problem): Promise<void>
}

export type SagaRun = {
  steps: RunnableStep[]
  record: SagaRecord
  /** Set when an earlier worker had begun to go backward. */
  problem: Problem | null
  /** Aborts with a Problem (cancelled, deadline passed) or with `Interrupted`. */
  forward: AbortSignal
  /** Aborts with `Interrupted` only. */
  interrupt: AbortSignal
  /** How long one undo may go on being tried, in milliseconds. */
  undoPatienceMs: number
}

export async function runSaga(run: SagaRun): Promise<Outcome> {
  const problem = run.problem ?? (await goForward(run))
  return problem ? goBackward(run, problem) : { status: 'succeeded' }
}

async function goForward(run: SagaRun): Promise<Problem | null> {
  for (const [index, step] of run.steps.entries()) {
    if (step.status === 'done') continue
    const fresh = step.status === 'waiting'
    const tried = await tryStep(run, step, index)
    if ('problem' in tried) {
      await run.record.stepFailed(index, tried.problem)
      // A step that was never begun has nothing to undo, nor has one that never got through to its host.
      if (step.status === 'running')
        step.status = fresh && NOTHING_BEGUN.includes(tried.problem.code) ? 'waiting' : 'failed'
      return tried.problem
    }
    await run.record.stepDone(index, tried.output)
    step.status = 'done'
  }
  return null
}

/** Only what the step itself does can fail it. A record that cannot be written is a fault of ours: it ends this run, not the operation. */
async function tryStep(
  { record, forward: asked, interrupt }: SagaRun,
  step: RunnableStep,
  index: number,
): Promise<{ output: unknown } | { problem: Problem }> {
  const forward = step.committed ? interrupt : asked
  if (forward.aborted) return { problem: problemOf(forward.reason, forward) }
  await record.stepStarted(index, step.begin)
  step.status = 'running'
  try {
    return { output: await step.do(forward) }
  } catch (error) {
    return { problem: problemOf(error, forward) }
  }
}

/** A link rejects with these only when its request was never sent. */
const NOTHING_BEGUN: readonly ProblemCode[] = [
  'host-unreachable',
  'host-refused',
  'host-key-changed',
  'sign-in-failed',
]

const UNDO_FROM: readonly StepStatus[] = ['running', 'done', 'failed', 'undoing', 'undo-failed']

async function goBackward(run: SagaRun, problem: Problem): Promise<Outcome> {
  const begun = run.steps.some((step) => step.status !== 'waiting')
  for (const [index, step] of [...run.steps.entries()].reverse()) {
    if (!step.undo || !UNDO_FROM.includes(step.status)) continue
    await run.record.stepUndoing(index)
    try {
      await undoPatiently(step.undo, run)
    } catch (error) {
      const undoProblem = problemOf(error, run.interrupt)
      await run.record.stepUndoFailed(index, undoProblem)
      return { status: 'stuck', problem: stuckProblem(undoProblem, problem), begun }
    }
    await run.record.stepUndone(index)
    step.status = 'undone'
  }
  return { status: problem.code === 'cancelled' ? 'cancelled' : 'failed', problem, begun }
}

const WAIT_FIRST_MS = 250
const WAIT_MOST_MS = 5_000

async function undoPatiently(undo: (signal: AbortSignal) => Promise<void>, run: SagaRun): Promise<void> {
  const timeout = AbortSignal.timeout(run.undoPatienceMs)
  const signal = AbortSignal.any([run.interrupt, timeout])
  for (let wait = WAIT_FIRST_MS; ; wait = Math.min(wait * 2, WAIT_MOST_MS)) {
    try {
      return await undo(signal)
    } catch (error) {
      throwIfAborted(run.interrupt)
      if (!isPassing(error) || timeout.aborted) throw error
      await sleep(wait, signal)
    }
  }
}

/** Resolves after `ms` or as soon as the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
}

function throwIfAborted(signal: AbortSignal) {
  if (signal.aborted) throw signal.reason
}

/** Why a step ended: what its signal was aborted with counts more than how the step put it. Throws `Interrupted` on. */
function problemOf(error: unknown, signal: AbortSignal): Problem {
  const cause = signal.aborted ? signal.reason : error
  if (cause instanceof Interrupted) throw cause
  if (error instanceof Interrupted) throw error
  return Problem.from(cause)
}

function stuckProblem(undo: Problem, first: Problem): Problem {
  const detail = `${first.detail} Undoing it failed too: ${undo.detail}`
  return new Problem(undo.code, detail, { context: { ...undo.context, first: first.toJson() }, cause: undo })
}
