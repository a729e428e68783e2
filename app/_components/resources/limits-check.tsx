'use client'
import { Wrench } from 'lucide-react'
import { Button } from '../../_ui/button.tsx'
import { findingSummary } from './finding-notes.ts'
import type { TypedLimits } from './use-typed-limits.ts'

/** Asks the consistency formulas, and fills in what they want. What they find stands at the fields; here it is counted. */
export function LimitsCheck({
  limits: { findings, check, mend },
}: {
  limits: Pick<TypedLimits, 'findings' | 'check' | 'mend'>
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Button onClick={check}>Check</Button>
      <Button onClick={mend} disabledReason={findings?.length === 0 ? 'There is nothing to fix.' : null}>
        <Wrench aria-hidden className="size-3.5" />
        Fix
      </Button>
      <p role="status" className="wrap-long text-content-muted text-sm">
        {findings === null
          ? 'Do the limits fit each other? OpenVZ’s formulas tell; Fix raises the least that makes them hold.'
          : findings.length === 0
            ? 'The limits fit each other.'
            : findingSummary(findings)}
      </p>
    </div>
  )
}
