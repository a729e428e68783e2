'use client'
import { useState } from 'react'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Button } from '../../_ui/button.tsx'
import { notify } from '../../_ui/notify.ts'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import { ProblemCard } from '../problem-card.tsx'
import { setLimitsAction } from './limits-action.ts'
import type { Typed } from './typed-limits.ts'

/** Sets some limits by one press. */
export function ApplyLimits({
  veId,
  typed,
  label = 'Apply the proposed limits',
  disabledReason,
}: {
  veId: string
  typed: Typed
  label?: string
  disabledReason: string | null
}) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, send } = useFormAction(setLimitsAction, ({ operationId }) => {
    notify({
      title: operationId === null ? 'It has these limits already.' : 'Asked for: its host is being told.',
    })
    setAsked(operationId)
  })
  const end = useOperationEnd(asked)
  const refused = problem ?? end?.problem ?? null
  function apply() {
    const form = new FormData()
    for (const [name, value] of Object.entries({ veId, ...typed })) form.set(name, value)
    send(form)
  }
  return (
    <div className="grid justify-items-start gap-3">
      <Button look="primary" pending={pending} disabledReason={disabledReason} onClick={apply}>
        {pending ? 'Applying…' : label}
      </Button>
      {refused ? <ProblemCard problem={refused} /> : null}
    </div>
  )
}
