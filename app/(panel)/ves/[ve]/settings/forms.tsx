'use client'
import type { VeResource } from '@/lib/ves/resource.ts'
import {
  updateAboutAction,
  updateAccessAction,
  updateBootAction,
  updateGuestAction,
} from '../../../../_components/ves/ve-update-action.ts'
import { VeUpdateForm } from '../../../../_components/ves/ve-update-form.tsx'
import { FieldRow, SwitchField, TextAreaField, TextField } from '../../../../_forms/fields.tsx'

type SettingsFormProps = { ve: VeResource; disabledReason: string | null }

export function AboutForm({ ve, disabledReason }: SettingsFormProps) {
  return (
    <VeUpdateForm
      title="About it"
      veId={ve.id}
      action={updateAboutAction}
      submitLabel="Save"
      disabledReason={disabledReason}
    >
      <FieldRow>
        <TextField name="name" label="Name" defaultValue={ve.name} required />
        <TextField
          name="tags"
          label="Tags"
          optional
          defaultValue={ve.tags.join(' ')}
          hint="Separated by spaces."
        />
      </FieldRow>
      <TextField name="description" label="Description" optional defaultValue={ve.description} />
      <TextField
        name="spreadGroup"
        label="Spread group"
        optional
        defaultValue={ve.spreadGroup ?? ''}
        hint="VEs with the same word here go to different hosts wherever another host can take them; else they share one."
      />
      <TextAreaField name="notes" label="Notes" optional rows={4} defaultValue={ve.notes} />
    </VeUpdateForm>
  )
}

export function GuestForm({ ve, disabledReason }: SettingsFormProps) {
  return (
    <VeUpdateForm
      title="What it calls itself"
      note="Written into its files, and told to what runs."
      veId={ve.id}
      action={updateGuestAction}
      submitLabel="Change names"
      disabledReason={disabledReason}
    >
      <TextField name="hostname" label="Host name" defaultValue={ve.hostname} required />
      <FieldRow>
        <TextField
          name="dns.servers"
          label="Name servers"
          optional
          mono
          defaultValue={ve.dns.servers.join(' ')}
        />
        <TextField
          name="dns.search"
          label="Search domains"
          optional
          mono
          defaultValue={ve.dns.search.join(' ')}
        />
      </FieldRow>
    </VeUpdateForm>
  )
}

export function AccessForm({ ve, disabledReason }: SettingsFormProps) {
  return (
    <VeUpdateForm
      title="Getting in"
      note="What is left empty stays as it is. A password is sealed, used once and wiped."
      veId={ve.id}
      action={updateAccessAction}
      submitLabel="Set access"
      disabledReason={disabledReason}
    >
      <TextField
        name="rootPassword"
        label="New root password"
        type="password"
        optional
        autoComplete="new-password"
        hint="At least 8 characters."
      />
      <TextAreaField
        name="sshKeys"
        label="SSH public keys instead of those that root has"
        optional
        rows={3}
        placeholder="ssh-ed25519 AAAA… you@laptop"
      />
    </VeUpdateForm>
  )
}

export function BootForm({ ve, disabledReason }: SettingsFormProps) {
  return (
    <VeUpdateForm
      title="When its host boots"
      veId={ve.id}
      action={updateBootAction}
      submitLabel="Save"
      disabledReason={disabledReason}
    >
      <SwitchField name="startOnBoot" label="Start it" defaultChecked={ve.startOnBoot} />
      <FieldRow>
        <TextField
          name="bootOrder"
          label="Boot order"
          inputMode="numeric"
          defaultValue={String(ve.bootOrder)}
          hint="Lower ones start first; the same at once."
        />
      </FieldRow>
    </VeUpdateForm>
  )
}
