'use client'
import type { AddressPoolResource } from '@/lib/addresses/resource.ts'
import { FieldRow, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { updatePoolAction } from './pool-action.ts'
import { type BindingChoice, PoolBindings } from './pool-bindings.tsx'

type PoolEditProps = {
  pool: AddressPoolResource
  hosts: BindingChoice[]
  groups: BindingChoice[]
  disabledReason: string | null
}

export function PoolEdit({ pool, hosts, groups, disabledReason }: PoolEditProps) {
  const { pending, problem, submit } = useFormAction(updatePoolAction, () =>
    notify({ title: 'The pool is changed.' }),
  )
  return (
    <FormShell
      label="Change pool"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Change pool"
      pendingLabel="Changing…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="id" value={pool.id} />
      <FieldRow>
        <TextField name="name" label="Name" defaultValue={pool.name} />
        {pool.kind === 'bridged' ? (
          <TextField
            name="gateway"
            label="Gateway"
            optional
            mono
            defaultValue={pool.gateway ?? ''}
            hint="Of interfaces that are made from now on."
          />
        ) : null}
        <TextField name="first" label="First address" mono defaultValue={pool.first} />
        <TextField
          name="last"
          label="Last address"
          mono
          defaultValue={pool.last}
          hint="It may shrink only to what nobody has."
        />
      </FieldRow>
      <PoolBindings hosts={hosts} groups={groups} />
    </FormShell>
  )
}
