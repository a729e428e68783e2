import { OPERATIONS, type OperationType } from './registry.ts'

/** Whether an operation has begun the step from which on a cancel comes too late. Pure, browser-safe. */
export function isPastReturn(
  type: OperationType,
  steps: readonly { name: string; status: string }[],
): boolean {
  const { noReturn }: { noReturn?: string } = OPERATIONS[type]
  return steps.some(({ name, status }) => name === noReturn && status !== 'waiting')
}
