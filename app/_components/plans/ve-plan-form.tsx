'use client'
import { useState } from 'react'
import { SelectField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import { setVePlanAction } from './plan-action.ts'

type VePlanFormProps = {
  veId: string
  planId: string | null
  plans: readonly { id: string; label: string }[]
  disabledReason: string | null
}

/** Gives a VE the latest version of a plan, again too, or takes it off its plan. */
export function VePlanForm({ veId, planId, plans, disabledReason }: VePlanFormProps) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, submit } = useFormAction(setVePlanAction, ({ operationId }) => {
    notify({ title: operationId === null ? 'It has no plan now.' : 'Asked for: its host is being told.' })
    setAsked(operationId)
  })
  const refused = useOperationEnd(asked)?.problem ?? null
  return (
    <FormShell
      label="Plan"
      pending={pending}
      problem={problem ?? refused}
      onSubmit={submit}
      submitLabel="Give it this plan"
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <SelectField
        name="planId"
        label="Plan"
        defaultValue={planId ?? ''}
        hint="Its limits are set to those of the latest version. Without a plan it keeps what it has."
      >
        <option value="">None</option>
        {plans.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </SelectField>
    </FormShell>
  )
}
