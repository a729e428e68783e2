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

const RELEASED = 'It was given up before it was undone: something of it is still on the host.'
/** Of a step that is not undone by itself: what it asked may have been done before its answer was lost. */
const UNANSWERED =
  'What had been begun has been undone; or finished, where it turned out to be done already: the log says which.'

/** Steps that were done and not undone stay done, such as a disk that was made before the start failed. */
function stateLeft({ type, status, steps }: OperationResource): string | undefined {
  const { noReturn }: { noReturn?: string } = OPERATIONS[type]
  const last = steps.find(({ name }) => name === noReturn)
  const takenBack = last !== undefined && last.status !== 'done'
  const kept = takenBack ? [] : steps.filter((step) => step.status === 'done')
  if (status === 'failed' && kept.length > 0)
    return `Done and kept: ${kept.map((step) => step.label).join(', ')}.`
  if (status !== 'stuck' && steps.every((step) => step.status !== 'undone')) return undefined
  if (status !== 'stuck' && steps.some((step) => step.status === 'undo-failed')) return RELEASED
  if (status !== 'stuck' && last?.status === 'failed') return UNANSWERED
  return LEFT[status] ?? undefined
}

export function OperationProblem({ operation }: { operation: OperationResource }) {
  if (!operation.problem) return null
  return <ProblemCard problem={operation.problem} state={stateLeft(operation)} reference={operation.id} />
}
