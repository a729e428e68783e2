import type { ProblemJson } from '@/lib/contract/problem.ts'
import { PROBLEMS } from '@/lib/contract/problem-kinds.ts'
import { Callout } from '../_ui/callout.tsx'

/** One problem: what happened, what state things are in now, what to do next, and what to quote when asking for help. */
export function ProblemCard({
  problem,
  state,
  reference,
  role = 'alert',
}: {
  problem: ProblemJson
  /** What state things are in now, where the reader cannot see it. */
  state?: string
  /** What to quote, such as the operation's id. */
  reference?: string
  role?: 'alert' | 'status'
}) {
  const kind = PROBLEMS[problem.code]
  return (
    <Callout tone="danger" title={kind.title} role={role}>
      <p className="mt-0.5">{problem.detail}</p>
      {state ? <p className="mt-1">{state}</p> : null}
      <p className="mt-1">
        <span className="text-content-muted">Next: </span>
        {kind.next}
      </p>
      <p className="mt-2 font-mono text-content-muted text-xs">
        {problem.code}
        {reference ? ` · ${reference}` : ''}
      </p>
    </Callout>
  )
}
