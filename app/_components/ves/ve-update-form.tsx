'use client'
import { type ReactNode, useState } from 'react'
import type { FormAction } from '@/lib/http/action.ts'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { Section } from '../../_ui/section.tsx'
import { useOperationEnd } from '../operations/use-operation-end.ts'

type VeUpdateFormProps = {
  title: string
  note?: ReactNode
  veId: string
  action: FormAction<{ operationId: string | null }>
  submitLabel: string
  disabledReason: string | null
  children: ReactNode
}

/** A part of a VE's settings that is saved by itself. */
export function VeUpdateForm({
  title,
  note,
  veId,
  action,
  submitLabel,
  disabledReason,
  children,
}: VeUpdateFormProps) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, submit } = useFormAction(action, ({ operationId }) => {
    notify({ title: operationId === null ? 'Saved.' : 'Asked for: its host is being told.' })
    setAsked(operationId)
  })
  // What its host refuses is told here too, not only on the page of the operation.
  const refused = useOperationEnd(asked)?.problem ?? null
  return (
    <Section title={title}>
      {note ? <p className="mb-4 max-w-[72ch] text-content-muted">{note}</p> : null}
      <FormShell
        label={title}
        pending={pending}
        problem={problem ?? refused}
        onSubmit={submit}
        submitLabel={submitLabel}
        pendingLabel="Saving…"
        disabledReason={disabledReason}
      >
        <input type="hidden" name="veId" value={veId} />
        {children}
      </FormShell>
    </Section>
  )
}
