'use client'
import { useState } from 'react'
import type { OwnerGrace, QuotaOwnerKind } from '@/lib/contract/quota.ts'
import { exactSeconds } from '../../_forms/amount-text.ts'
import { FieldRow, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import { setGraceAction } from './quota-action.ts'

/** For how long all users, or all groups, may be above their soft limits. */
export function GraceForm({
  veId,
  kind,
  grace,
  disabledReason,
}: {
  veId: string
  kind: QuotaOwnerKind
  grace: OwnerGrace
  disabledReason: string | null
}) {
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, submit } = useFormAction(setGraceAction, ({ operationId }) => {
    notify({ title: 'Asked for: its host is being told.' })
    setAsked(operationId)
  })
  const end = useOperationEnd(asked)
  return (
    <FormShell
      label={`Grace of ${kind}s`}
      pending={pending}
      problem={problem ?? end?.problem ?? null}
      onSubmit={submit}
      submitLabel={`Set grace of ${kind}s`}
      pendingLabel="Setting…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <input type="hidden" name="kind" value={kind} />
      <FieldRow>
        <TextField
          name="grace.bytesSeconds"
          label={`Space of ${kind}s`}
          defaultValue={exactSeconds(grace.bytesSeconds)}
          hint="Such as 7 d or 12 h."
        />
        <TextField
          name="grace.inodesSeconds"
          label={`Files of ${kind}s`}
          defaultValue={exactSeconds(grace.inodesSeconds)}
        />
      </FieldRow>
    </FormShell>
  )
}
