'use client'
import { TextAreaField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { releaseOperationAction } from './operation-action.ts'

type OperationReleaseFormProps = { id: string; onDone: () => void; onCancel: () => void }

export function OperationReleaseForm({ id, onDone, onCancel }: OperationReleaseFormProps) {
  const { pending, problem, submit } = useFormAction(releaseOperationAction, onDone)
  return (
    <>
      <p className="mb-4 text-content-muted">
        Corral stops undoing it. Whatever of it is still on the host stays there, for you to clear up.
      </p>
      <FormShell
        label="Release operation"
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Release"
        pendingLabel="Releasing…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={id} />
        <TextAreaField name="reason" label="Reason, for the log" rows={3} />
      </FormShell>
    </>
  )
}
