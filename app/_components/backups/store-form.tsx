'use client'
import { useState } from 'react'
import { PER_VE_DEFAULT } from '@/lib/backups/resource.ts'
import { FieldRow, SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { createStoreAction } from './backup-action.ts'

type StoreFormProps = { hosts: readonly { id: string; name: string }[]; disabledReason: string | null }

export function StoreForm(props: StoreFormProps) {
  const [made, setMade] = useState(0)
  return <Fields key={made} {...props} onSaved={() => setMade(made + 1)} />
}

function Fields({ hosts, disabledReason, onSaved }: StoreFormProps & { onSaved: () => void }) {
  const { pending, problem, submit } = useFormAction(createStoreAction, () => {
    notify({ title: 'The store is being checked.' })
    onSaved()
  })
  return (
    <FormShell
      label="New store"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Make store"
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <FieldRow>
        <TextField name="name" label="Name" />
        <SelectField name="hostId" label="Host" hint="It takes the VEs of this host.">
          {hosts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      </FieldRow>
      <TextField
        name="path"
        label="Directory"
        mono
        placeholder="/vz/backup"
        hint="Absent or empty, and below directories that only root writes to. To keep backups off the host, mount a file system of another machine there."
      />
      <FieldRow>
        <TextField
          name="perVeMost"
          label="Backups of a VE, at most"
          inputMode="numeric"
          defaultValue={PER_VE_DEFAULT}
        />
        <TextField
          name="bytesMost"
          label="GiB of an account, at most"
          inputMode="numeric"
          optional
          hint="Of all its backups here. Empty: no limit."
        />
      </FieldRow>
    </FormShell>
  )
}
