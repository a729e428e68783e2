/**
 * An operation: a long task as data. The definition (this, browser-safe) says what it is; its saga, for the worker only,
 * says how it is done (`catalog/<type>.saga.ts`).
 */
import type * as z from 'zod/mini'
import type { VeState } from '../contract/ve-state.ts'

export const OPERATION_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'stuck'] as const
export type OperationStatus = (typeof OPERATION_STATUSES)[number]
export const isLive = (status: OperationStatus): boolean => status === 'queued' || status === 'running'

export const STEP_STATUSES = [
  'waiting',
  'running',
  'done',
  'failed',
  'undoing',
  'undone',
  'undo-failed',
] as const
export type StepStatus = (typeof STEP_STATUSES)[number]

/** What an operation works on: one at a time per subject, queued in order. */
export const SUBJECTS = ['host', 'template', 've', 'plan'] as const
export type Subject = (typeof SUBJECTS)[number]

/** Which VEs an operation may work on. */
export type VeRule = {
  /** The settled states it may start from. */
  from: readonly VeState[]
  /** The state it is in meanwhile; null: the one it is in stays. */
  during: VeState | null
  /** Also while the VE is suspended. */
  evenSuspended: boolean
}

export type OperationDefinition<Input extends z.ZodMiniType, StepName extends string> = {
  /** File name, database value, log field: one spelling everywhere. Database values are append-only. */
  type: string
  /** As a button or a line in a list: "Start". */
  label: string
  subject: Subject
  /** Validates the stored input. It never holds a secret: those are sealed apart. */
  input: Input
  permission: string
  /** Asked for, cancelled, tried again and released by nobody of the VE's owner: `above` by who sells to it, `provider` by the provider. */
  only?: 'above' | 'provider'
  ve?: VeRule
  /**
   * It goes before those of its VE that wait already, and cuts short a stop that waits for init; where the VE's owner may not ask for it
   * (`only`) it also calls off a move that can still be taken back.
   */
  urgent?: (input: z.infer<Input>) => boolean
  /** It takes no turn: runs beside others on the same subject, a few at a time, and may take long. */
  alongside?: true
  /** Whether an admin may cancel it while it runs (what was begun is undone). */
  cancellable: boolean
  deadlineSeconds: number
  /** Until this step is done, what came before is taken back as a whole, and not step by step. */
  noReturn?: NoInfer<StepName>
  /** How long one undo is tried while a host does not answer; the deadline's length unless said otherwise. */
  undoSeconds?: number
  /** In order; shown before they run. */
  steps: readonly { name: StepName; label: string }[]
}

export function defineOperation<const Input extends z.ZodMiniType, const StepName extends string>(
  definition: OperationDefinition<Input, StepName>,
): OperationDefinition<Input, StepName> {
  return definition
}
