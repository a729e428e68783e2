/**
 * How an operation is done: one do (and undo) per step of its definition.
 *
 * Steps change hosts and only read the database; what an operation means for the database is written once, by `settle`,
 * in the transaction that ends the operation. So an undo has nothing to take back but what is on hosts.
 */
import type { AgentMethod, AgentParams, AgentResult } from '../contract/agent-protocol.ts'
import type { Problem } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import type { HostAccess } from './host-access.ts'
import type { OperationInput, OperationType, StepNameOf } from './registry.ts'

export type SagaContext<T extends OperationType> = {
  operationId: string
  input: OperationInput<T>
  /** The sealed part of the input, opened; undefined when there was none. */
  secret: unknown
  /** Outputs of the steps done so far, as JSON; they survive a take-over by another worker. */
  outputs: Partial<Record<StepNameOf<T>, unknown>>
  hosts: HostAccess
  /** This step's idempotency key: the same on every try and every worker. */
  key: string
  /**
   * Calls a host's agent under this step's key. Log and progress go to the operation. `choice` names what the parameters
   * lean on that another try may find changed (a digest): it becomes part of the key, so that the try is not refused as
   * another request under the same key. Only for methods that leave alone what an earlier choice already made.
   */
  call<M extends AgentMethod>(
    hostId: string,
    method: M,
    params: AgentParams<M>,
    choice?: string,
  ): Promise<AgentResult<M>>
  /** Has the host's agent wait for this operation's next call to it: that one is answered the sooner. Never rejects. */
  prepare(hostId: string): Promise<void>
  /** Aborted on cancel, on deadline and on shutdown of the worker (then another goes on). */
  signal: AbortSignal
  log(line: string): void
  /** What the step is at, in a few words. */
  progress(detail: string): void
}

/** `do` may run twice, or again after it half happened; what it returns is stored as JSON. `undo` likewise, and after a failed `do`. */
export type SagaStep<T extends OperationType> = {
  do(context: SagaContext<T>): Promise<unknown>
  /** Written down in the transaction that says the step has begun: at each try, so again it changes nothing. */
  begin?(tx: Db, context: SettledContext<T>): Promise<void>
  /** From here on it is not cancelled, nor ended by its deadline: what it asks of hosts is answered, one way or the other. */
  committed?: true
  undo?(context: SagaContext<T>): Promise<void>
}

/** How it ended. `failed` and `cancelled`: all undone. `stuck`: an undo failed, something may be left on a host. */
export type Outcome =
  | { status: 'succeeded' }
  /** `begun`: a step got through to a host, even if it was undone since. */
  | { status: 'failed' | 'cancelled' | 'stuck'; problem: Problem; begun: boolean }

/** What `settle` may use. */
export type SettledContext<T extends OperationType> = Pick<
  SagaContext<T>,
  'operationId' | 'input' | 'outputs'
>

export type Saga<T extends OperationType> = {
  steps: { readonly [S in StepNameOf<T>]: SagaStep<T> }
  /** Writes down what the outcome means for the subject, in the transaction that ends the operation. Tells its listeners too. */
  settle?(tx: Db, outcome: Outcome, context: SettledContext<T>): Promise<void>
  /** What the operation answers with when it succeeded. */
  result?(context: SettledContext<T>): unknown
}
