'use client'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { BudgetFields } from './budget-fields.tsx'
import { evacuateAction } from './fleet-action.ts'

type EvacuateFormProps = {
  host: { id: string; name: string }
  planId: string
  moves: number
  disabledReason: string | null
}

export function EvacuateForm({ host, planId, moves, disabledReason }: EvacuateFormProps) {
  const { pending, problem, submit } = useFormAction(evacuateAction, () =>
    notify({ title: `The evacuation of ${host.name} has begun.` }),
  )
  return (
    <FormShell
      label={`Evacuate ${host.name}`}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel={`Evacuate ${moves} ${moves === 1 ? 'VE' : 'VEs'}`}
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="hostId" value={host.id} />
      <input type="hidden" name="planId" value={planId} />
      <p className="text-content-muted">
        {`${host.name} goes into maintenance first, and stays in it. Each move is checked once more when its turn comes.`}
      </p>
      <BudgetFields />
    </FormShell>
  )
}
