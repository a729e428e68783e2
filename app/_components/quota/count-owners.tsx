'use client'
import { useState } from 'react'
import { Button } from '../../_ui/button.tsx'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import { ProblemCard } from '../problem-card.tsx'
import { useAct } from '../use-act.ts'
import { readQuotaAction } from './quota-action.ts'

/** Asks the host to count who owns what inside; the page shows it when it is told. */
export function CountOwners({ veId, disabledReason }: { veId: string; disabledReason: string | null }) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, act } = useAct(readQuotaAction, ({ operationId }) => setAsked(operationId))
  const end = useOperationEnd(asked)
  const counting = pending || (asked !== null && end === null)
  return (
    <div className="grid justify-items-start gap-3">
      <Button pending={counting} disabledReason={disabledReason} onClick={() => act({ veId })}>
        {counting ? 'Counting…' : 'Count now'}
      </Button>
      {end?.problem ? <ProblemCard problem={end.problem} /> : null}
    </div>
  )
}
