import type { ProblemJson } from '@/lib/contract/problem.ts'
import { PROBLEMS } from '@/lib/contract/problem-kinds.ts'
import { notify } from '../_ui/notify.ts'

/** A refusal after a button: what happened and what to do next. It stays until it is read. */
export function toastProblem(problem: ProblemJson): void {
  const kind = PROBLEMS[problem.code]
  notify({ title: kind.title, description: `${problem.detail} ${kind.next}`, danger: true })
}
