import { Problem } from '../../lib/contract/problem.ts'

/**
 * For what is to be taken away: runs every step, even after one that failed, and only then throws the first problem, with what
 * the others said.
 */
export function runAll(...steps: (() => unknown)[]): void {
  const problems: Problem[] = []
  for (const step of steps) {
    try {
      step()
    } catch (error) {
      problems.push(Problem.from(error))
    }
  }
  const [first, ...others] = problems
  if (first === undefined) return
  if (others.length === 0) throw first
  const said = problems.map(({ detail }) => detail)
  throw new Problem(first.code, said.join(' '), {
    context: { ...first.context, others: others.map((problem) => problem.toJson()) },
    cause: first,
  })
}
