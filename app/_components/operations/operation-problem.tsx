import type { OperationStatus } from '@/lib/operations/definition.ts'
import { OPERATIONS } from '@/lib/operations/registry.ts'
import type { OperationResource } from '@/lib/operations/resource.ts'
import { ProblemCard } from '../problem-card.tsx'

/** What state things are in now; null where the operation says it better itself. */
const LEFT: Record<OperationStatus, string | null> = {
  queued: null,
  running: null,
  succeeded: null,
  failed: 'What had been begun has been undone.',
  cancelled: 'What had been begun has been undone.',
  stuck:
    'Undoing failed as well: something of it is still on the host. Retry goes on undoing; release gives up and leaves the rest to you.',
}

/** Steps that were done and not undone stay done, such as a disk that was made before the start failed. */
function stateLeft({ type, status, steps }: OperationResource): string | undefined {
  const { noReturn }: { noReturn?: string } = OPERATIONS[type]
  const takenBack = noReturn && steps.some(({ name, status: now }) => name === noReturn && now !== 'done')
  const kept = takenBack ? [] : steps.filter((step) => step.status === 'done')
  if (status === 'failed' && kept.length > 0)
    return `Done and kept: ${kept.map((step) => step.label).join(', ')}.`
  if (status !== 'stuck' && steps.every((step) => step.status !== 'undone')) return undefined
  return LEFT[status] ?? undefined
}

export function OperationProblem({ operation }: { operation: OperationResource }) {
  if (!operation.problem) return null
  return <ProblemCard problem={operation.problem} state={stateLeft(operation)} reference={operation.id} />
}
