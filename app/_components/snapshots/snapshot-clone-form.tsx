'use client'
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { paths } from '@/lib/paths.ts'
import { SwitchField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { cloneSnapshotAction } from './snapshot-action.ts'

type SnapshotCloneFormProps = {
  ve: { name: string }
  snapshot: { id: string; memory: boolean; taken: ReactNode }
  onCancel: () => void
}

/** Says what the new VE has of the other, and what it has not. */
export function SnapshotCloneForm({ ve, snapshot, onCancel }: SnapshotCloneFormProps) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(cloneSnapshotAction, ({ veId }) =>
    router.push(paths.ve(veId)),
  )
  return (
    <>
      <p className="mb-4">
        A new VE of your own on the same host, with the limits of {ve.name}. Its disk begins as that of{' '}
        {ve.name} at {snapshot.taken}: files, users, passwords and keys. It gets an address of its own, and
        none of the features and devices that {ve.name} has.
        {snapshot.memory ? ' The memory in the snapshot is left out.' : ''}
      </p>
      <FormShell
        label={`Create a VE from a snapshot of ${ve.name}`}
        pending={pending}
        problem={problem}
        onSubmit={submit}
        submitLabel="Create VE"
        pendingLabel="Creating…"
        onCancel={onCancel}
      >
        <input type="hidden" name="id" value={snapshot.id} />
        <TextField name="name" label="Name" required autoFocus />
        <TextField name="hostname" label="Host name" required placeholder="web2.example.org" />
        <TextField
          name="rootPassword"
          label="Root password"
          type="password"
          optional
          autoComplete="new-password"
          hint="Left empty, root has the one that it had."
        />
        <SwitchField
          name="keepIdentity"
          label="Keep its SSH host keys and machine-id"
          hint="Only if it is to stand in for the other: who knows the keys of one could then pose as the other."
        />
        <SwitchField name="start" label="Start it when it is made" defaultChecked />
      </FormShell>
    </>
  )
}
