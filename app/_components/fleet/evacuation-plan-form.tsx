'use client'
import { SwitchField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { planEvacuationAction } from './fleet-action.ts'

type EvacuationPlanFormProps = {
  host: { id: string; name: string }
  again: boolean
  disabledReason: string | null
}

/** Nothing is changed by a plan. A restart breaks connections: it is never chosen for anybody. */
export function EvacuationPlanForm({ host, again, disabledReason }: EvacuationPlanFormProps) {
  const { pending, problem, submit } = useFormAction(planEvacuationAction, () => {})
  return (
    <FormShell
      label={`Plan the evacuation of ${host.name}`}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel={again ? 'Plan again' : 'Make a plan'}
      submitLook={again ? 'secondary' : 'primary'}
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="hostId" value={host.id} />
      <SwitchField
        name="restart"
        label="Move with a restart what cannot move live"
        hint="It is stopped, and started on the other host: its connections break. Without this it stays."
      />
    </FormShell>
  )
}
