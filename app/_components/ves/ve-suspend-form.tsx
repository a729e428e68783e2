'use client'
import { SUSPEND_REASON, SUSPEND_REASONS } from '@/lib/ves/suspension.ts'
import { SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { suspendVeAction } from './ve-action.ts'
import type { VeSubject } from './ve-subject.ts'

export function VeSuspendForm({
  ve,
  onDone,
  onCancel,
}: {
  ve: VeSubject
  onDone: () => void
  onCancel: () => void
}) {
  const { pending, problem, submit } = useFormAction(suspendVeAction, onDone)
  return (
    <>
      <p className="mb-4">
        It is stopped if it runs, and cannot be started until the suspension is lifted. Nothing is lost.
      </p>
      <FormShell
        label={`Suspend ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Suspend it"
        pendingLabel="Suspending…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={ve.id} />
        <SelectField name="reason" label="Reason">
          {SUSPEND_REASONS.map((reason) => (
            <option key={reason} value={reason}>
              {`${SUSPEND_REASON[reason].label}: ${SUSPEND_REASON[reason].hint}`}
            </option>
          ))}
        </SelectField>
        <TextField name="note" label="Note" optional hint="Whoever may see the VE sees it." />
      </FormShell>
    </>
  )
}
