'use client'
import { useState } from 'react'
import { FieldRow, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { createPoolAction } from './action.ts'

export function PoolForm({ disabledReason }: { disabledReason: string | null }) {
  /** Another key is another form: empty again, and with an idempotency key of its own. */
  const [made, setMade] = useState(0)
  return (
    <Fields
      key={made}
      disabledReason={disabledReason}
      onDone={() => {
        notify({ title: 'The pool is made.' })
        setMade(made + 1)
      }}
    />
  )
}

function Fields({ disabledReason, onDone }: { disabledReason: string | null; onDone: () => void }) {
  const { pending, problem, submit } = useFormAction(createPoolAction, onDone)
  return (
    <FormShell
      label="New pool"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Make pool"
      pendingLabel="Making…"
      disabledReason={disabledReason}
    >
      <FieldRow>
        <TextField name="name" label="Name" />
        <TextField name="cidr" label="Prefix" mono placeholder="192.0.2.0/24" hint="IPv4 or IPv6." />
        <TextField name="first" label="First address" optional mono placeholder="first of the prefix" />
        <TextField name="last" label="Last address" optional mono placeholder="last of the prefix" />
      </FieldRow>
    </FormShell>
  )
}
