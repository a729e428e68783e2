'use client'
import { TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { rescueVeAction } from './ve-action.ts'
import type { VeSubject } from './ve-subject.ts'

export function VeRescueForm({
  ve,
  onDone,
  onCancel,
}: {
  ve: VeSubject
  onDone: () => void
  onCancel: () => void
}) {
  const { pending, problem, submit } = useFormAction(rescueVeAction, onDone)
  return (
    <>
      <p className="mb-4">
        A small system made from its template starts in its place, with its addresses; its own disk is at
        /mnt/ve there, and is changed only by you.
      </p>
      <FormShell
        label={`Start ${ve.name} in rescue`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Start in rescue"
        pendingLabel="Asking…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={ve.id} />
        <TextField
          name="rootPassword"
          label="Root password of the rescue system"
          type="password"
          optional
          autoComplete="new-password"
          hint="Its SSH keys open it too, and the console needs none."
        />
      </FormShell>
    </>
  )
}
