'use client'
import { useEffect, useState } from 'react'
import type { OwnerLimits, QuotaOwner } from '@/lib/contract/quota.ts'
import { exactBytes } from '../../_forms/amount-text.ts'
import { FieldRow, SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import { setOwnerAction } from './quota-action.ts'

type OwnerFormProps = {
  veId: string
  /** Null: whose limits they are is asked for. */
  owner: QuotaOwner | null
  disabledReason: string | null
  onDone?: () => void
  onCancel?: () => void
}

const shown = (value: number | null, text: (value: number) => string = String) =>
  value === null ? '' : text(value)

/** What one user or group inside may hold. Its host says whether there is one of that name, so the form waits for it. */
export function OwnerForm({ veId, owner, disabledReason, onDone, onCancel }: OwnerFormProps) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, submit } = useFormAction(setOwnerAction, ({ operationId }) =>
    setAsked(operationId),
  )
  const end = useOperationEnd(asked)
  useEffect(() => {
    if (end?.status !== 'succeeded') return
    notify({ title: 'Set.' })
    setAsked(null)
    onDone?.()
  }, [end, onDone])
  const waiting = asked !== null && end === null
  return (
    <FormShell
      label={owner ? `Limits of ${owner.kind} ${owner.name ?? owner.id}` : 'Limits of a user or group'}
      pending={pending}
      problem={problem ?? end?.problem ?? null}
      onSubmit={submit}
      submitLabel={waiting ? 'Setting…' : 'Set limits'}
      pendingLabel="Setting…"
      disabledReason={waiting ? 'Its host is being told.' : disabledReason}
      onCancel={onCancel}
    >
      <input type="hidden" name="veId" value={veId} />
      {owner ? (
        <>
          <input type="hidden" name="kind" value={owner.kind} />
          <input type="hidden" name="owner.id" value={owner.id} />
        </>
      ) : (
        <FieldRow>
          <SelectField name="kind" label="Of a" defaultValue="user">
            <option value="user">user</option>
            <option value="group">group</option>
          </SelectField>
          <TextField name="owner.id" label="Name or number" hint="As inside the VE." />
        </FieldRow>
      )}
      <LimitFields limits={owner?.limits ?? null} />
    </FormShell>
  )
}

function LimitFields({ limits }: { limits: OwnerLimits | null }) {
  return (
    <FieldRow>
      <TextField
        name="owner.limits.softBytes"
        label="Space, soft"
        placeholder="none"
        defaultValue={shown(limits?.softBytes ?? null, exactBytes)}
        hint="May be exceeded for the time of grace."
      />
      <TextField
        name="owner.limits.hardBytes"
        label="Space, hard"
        placeholder="none"
        defaultValue={shown(limits?.hardBytes ?? null, exactBytes)}
        hint="Such as 500 MiB or 2G."
      />
      <TextField
        name="owner.limits.softInodes"
        label="Files, soft"
        placeholder="none"
        inputMode="numeric"
        defaultValue={shown(limits?.softInodes ?? null)}
      />
      <TextField
        name="owner.limits.hardInodes"
        label="Files, hard"
        placeholder="none"
        inputMode="numeric"
        defaultValue={shown(limits?.hardInodes ?? null)}
      />
    </FieldRow>
  )
}
