/** How an operation is done: one do (and undo) per step of its definition. */
import type { HostLink } from '../contract/agent-protocol.ts'
import type { OperationInput, OperationType, StepNameOf } from './registry.ts'

export type SagaContext<T extends OperationType> = {
  operationId: string
  input: OperationInput<T>
  /** The sealed part of the input, opened; absent when there was none or it was wiped. */
  secret: unknown
  /** Outputs of the steps done so far; they survive a take-over by another worker. */
  outputs: Partial<Record<StepNameOf<T>, unknown>>
  /** Link to a host by its id: leased, budgeted, pinned. */
  host(hostId: string): Promise<HostLink>
  /** Idempotency key of this step for the agent: the same on every try and every worker. */
  key: string
  /** Aborted on cancel, on deadline and on shutdown of the worker (then another goes on). */
  signal: AbortSignal
  log(line: string): void
  progress(detail: string): void
}

/** `do` may be run twice, or again after it half happened; what it returns is stored as JSON. `undo` likewise, and after a failed `do`. */
export type SagaStep<T extends OperationType> = {
  do(context: SagaContext<T>): Promise<unknown>
  undo?(context: SagaContext<T>): Promise<void>
}

export type Saga<T extends OperationType> = {
  steps: { readonly [S in StepNameOf<T>]: SagaStep<T> }
  /** Settles the subject after success, failure (all undone), cancel or stuck; in the transaction that ends the operation. */
  result?(context: SagaContext<T>): unknown
}
