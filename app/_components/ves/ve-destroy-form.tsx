'use client'
import { TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { destroyVeAction } from './ve-action.ts'
import type { VeSubject } from './ve-subject.ts'

type VeDestroyFormProps = { ve: VeSubject; onDone: () => void; onCancel: () => void }

export function VeDestroyForm({ ve, onDone, onCancel }: VeDestroyFormProps) {
  const { pending, problem, submit } = useFormAction(destroyVeAction, onDone)
  return (
    <>
      <p>What will be lost, for good:</p>
      <ul className="mt-1 mb-4 list-disc pl-5">
        {ve.lost.map((thing) => (
          <li key={thing} className="wrap-long">
            {thing}
          </li>
        ))}
      </ul>
      <FormShell
        label={`Destroy ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Destroy it"
        submitLook="danger"
        pendingLabel="Destroying…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={ve.id} />
        <TextField name="confirmation" label={`Type ${ve.name} to confirm`} autoFocus />
      </FormShell>
    </>
  )
}
