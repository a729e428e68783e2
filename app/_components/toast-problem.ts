import { toast } from 'sonner'
import { PROBLEMS, type ProblemJson } from '@/lib/contract/problem.ts'

/** A refusal after a button: what happened and what to do next. It stays until it is read. */
export function toastProblem(problem: ProblemJson): void {
  const kind = PROBLEMS[problem.code]
  toast.error(kind.title, {
    description: `${problem.detail} ${kind.next}`,
    duration: Number.POSITIVE_INFINITY,
    closeButton: true,
  })
}
