'use client'
import { useState } from 'react'
import type { HostGroupResource } from '@/lib/host-groups/resource.ts'
import { CheckGroup } from '../../_forms/check-group.tsx'
import { CheckField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { saveHostGroupAction } from './host-group-action.ts'

export type HostChoice = { id: string; name: string }
type HostGroupFormProps = {
  /** Null: a new one. */
  group: HostGroupResource | null
  hosts: readonly HostChoice[]
  disabledReason: string | null
  onDone?: () => void
}

export function HostGroupForm(props: HostGroupFormProps) {
  const [made, setMade] = useState(0)
  return <Fields key={made} {...props} onSaved={() => setMade(made + 1)} />
}

function Fields({
  group,
  hosts,
  disabledReason,
  onDone,
  onSaved,
}: HostGroupFormProps & { onSaved: () => void }) {
  const members = new Set(group?.hosts.map(({ id }) => id))
  const { pending, problem, submit } = useFormAction(saveHostGroupAction, () => {
    notify({ title: 'The group is saved.' })
    onSaved()
    onDone?.()
  })
  return (
    <FormShell
      label={group ? `Change ${group.name}` : 'New group'}
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel={group ? 'Change group' : 'Make group'}
      pendingLabel="Saving…"
      disabledReason={disabledReason}
      {...(onDone ? { onCancel: onDone } : {})}
    >
      <input type="hidden" name="id" value={group?.id ?? ''} />
      <TextField name="name" label="Name" defaultValue={group?.name ?? ''} />
      <CheckGroup name="hostIds" label="Hosts" hint="A host is in one group at most." scroll>
        {hosts.map(({ id, name }) => (
          <CheckField key={id} name="hostIds" value={id} label={name} defaultChecked={members.has(id)} />
        ))}
      </CheckGroup>
    </FormShell>
  )
}
