'use client'
import type { PlannedMove } from '@/lib/fleet/planned.ts'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { BudgetFields } from './budget-fields.tsx'
import { balanceAction } from './fleet-action.ts'

type BalanceFormProps = { moves: readonly PlannedMove[]; disabledReason: string | null }

export function BalanceForm({ moves, disabledReason }: BalanceFormProps) {
  const { pending, problem, submit } = useFormAction(balanceAction, () =>
    notify({ title: 'The moves have begun.' }),
  )
  return (
    <FormShell
      label="Balance the load"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel={`Move ${moves.length} ${moves.length === 1 ? 'VE' : 'VEs'}`}
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="moves" value={JSON.stringify(moves)} />
      <p className="text-content-muted">
        Each move is checked with both hosts when its turn comes. What cannot move live stays where it is.
      </p>
      <BudgetFields />
    </FormShell>
  )
}
