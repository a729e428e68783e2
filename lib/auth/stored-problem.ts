import type { ProblemJson } from '../contract/problem.ts'
import type { Viewer } from './viewer.ts'

/**
 * A problem out of a JSON column, as this viewer may see it: the context (commands, exit codes, paths of a host) is for
 * the provider's own people.
 */
export function storedProblem(viewer: Viewer, column: unknown): ProblemJson | null {
  const problem = column as ProblemJson | null
  if (problem === null || viewer.memberships.some(({ accountKind }) => accountKind === 'provider'))
    return problem
  const { context: _, ...shown } = problem
  return shown
}
