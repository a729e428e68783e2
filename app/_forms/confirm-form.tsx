'use client'
import type { ReactNode } from 'react'
import type { FormAction } from '@/lib/http/action.ts'
import { TextField } from './fields.tsx'
import { FormShell } from './form-shell.tsx'
import { useFormAction } from './use-form-action.ts'

const PENDING = { Remove: 'Removing…', Delete: 'Deleting…', Destroy: 'Destroying…' } as const

/** Asks before something is gone for good: says what is lost, and has its name typed where `confirm` is set. */
export function ConfirmForm<T extends object>({
  id,
  name,
  verb,
  action,
  confirm = false,
  onDone,
  onCancel,
  children,
}: {
  id: string
  name: string
  verb: keyof typeof PENDING
  action: FormAction<T>
  confirm?: boolean
  onDone: (result: { ok: true } & T) => void
  onCancel: () => void
  children: ReactNode
}) {
  const { pending, problem, submit } = useFormAction(action, onDone)
  return (
    <>
      <div className="mb-4">{children}</div>
      <FormShell
        label={`${verb} ${name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel={`${verb} it`}
        submitLook="danger"
        pendingLabel={PENDING[verb]}
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={id} />
        {confirm ? <TextField name="confirmation" label={`Type ${name} to confirm`} autoFocus /> : null}
      </FormShell>
    </>
  )
}
