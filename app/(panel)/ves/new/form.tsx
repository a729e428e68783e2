'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { paths } from '@/lib/paths.ts'
import {
  CheckField,
  FieldGroup,
  FieldRow,
  SelectField,
  TextAreaField,
  TextField,
} from '../../../_forms/fields.tsx'
import { FormShell } from '../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../_forms/use-form-action.ts'
import { createVeAction } from './action.ts'
import { Kind } from './kind.tsx'
import { More } from './more.tsx'

export type TemplateChoice = { id: string; label: string; hostIds: string[] }
/** `obstacle` says why it cannot be chosen. */
export type HostChoice = { id: string; label: string; room: string; obstacle: string | null }

type VeFormProps = {
  templates: TemplateChoice[]
  hosts: HostChoice[]
  /** Whoever owns hosts may let a VE share more with them. */
  provider: boolean
}

export function VeForm({ templates, hosts, provider }: VeFormProps) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(createVeAction, ({ veId }) =>
    router.push(paths.ve(veId)),
  )
  const [templateId, setTemplateId] = useState(templates[0]?.id ?? '')
  const [hostId, setHostId] = useState('')
  const template = templates.find((each) => each.id === templateId)
  const host = hosts.find((each) => each.id === hostId)
  return (
    <FormShell
      label="Create VE"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Create VE"
      pendingLabel="Creating…"
      cancelHref={paths.ves()}
    >
      <FieldGroup title="What it is">
        <FieldRow>
          <TextField
            name="name"
            label="Name"
            required
            hint="For people: letters, digits, space, dot, dash."
          />
          <TextField
            name="hostname"
            label="Host name"
            required
            placeholder="web1.example.org"
            hint="What it calls itself."
          />
        </FieldRow>
        <FieldRow>
          <SelectField
            name="templateId"
            label="Template"
            value={templateId}
            onChange={(event) => setTemplateId(event.target.value)}
          >
            {templates.map((each) => (
              <option key={each.id} value={each.id}>
                {each.label}
              </option>
            ))}
          </SelectField>
          <SelectField
            name="hostId"
            label="Host"
            value={hostId}
            onChange={(event) => setHostId(event.target.value)}
            hint={host ? host.room : 'Automatic: the host with the template and the most room.'}
          >
            <option value="">Automatic</option>
            {hosts.map((each) => (
              <HostOption key={each.id} host={each} ready={template?.hostIds.includes(each.id) ?? false} />
            ))}
          </SelectField>
        </FieldRow>
      </FieldGroup>
      <Kind provider={provider} />
      <Network />
      <Limits />
      <Access />
      <More />
      <CheckField name="start" label="Start it when it is made" defaultChecked />
    </FormShell>
  )
}

function HostOption({ host, ready }: { host: HostChoice; ready: boolean }) {
  const obstacle = host.obstacle ?? (ready ? null : 'template not built there')
  return (
    <option value={host.id} disabled={obstacle !== null}>
      {obstacle === null ? host.label : `${host.label} – ${obstacle}`}
    </option>
  )
}

function Network() {
  return (
    <FieldGroup title="Number and addresses">
      <FieldRow>
        <TextField
          name="veid"
          label="VEID"
          optional
          inputMode="numeric"
          placeholder="next free"
          hint="101 or more."
        />
        <TextField
          name="addresses"
          label="Addresses"
          optional
          mono
          placeholder="next free of each pool"
          hint="IPv4 or IPv6, from your pools, separated by spaces."
        />
      </FieldRow>
      <FieldRow>
        <TextField name="dns.servers" label="Name servers" optional mono placeholder="those of its host" />
        <TextField name="dns.search" label="Search domains" optional mono />
      </FieldRow>
    </FieldGroup>
  )
}

function Limits() {
  return (
    <FieldGroup title="Limits">
      <FieldRow>
        <TextField
          name="limits.memoryBytes"
          label="Memory"
          defaultValue="512 MiB"
          hint="Such as 512M or 4 GiB."
        />
        <TextField name="limits.diskBytes" label="Disk" defaultValue="4 GiB" />
        <TextField name="limits.swapBytes" label="Swap" defaultValue="0" />
        <TextField name="limits.processes" label="Processes" inputMode="numeric" defaultValue="1024" />
        <TextField
          name="limits.cpuUnits"
          label="CPU weight"
          inputMode="numeric"
          defaultValue="1000"
          hint="8 to 500000; 1000 is ordinary."
        />
        <TextField
          name="limits.cpuLimitPercent"
          label="CPU cap, percent of one CPU"
          optional
          inputMode="numeric"
          placeholder="none"
          hint="200 is two CPUs."
        />
      </FieldRow>
    </FieldGroup>
  )
}

function Access() {
  return (
    <FieldGroup
      title="Getting in"
      note="Give a password, a key, or both. The password is sealed and wiped once the VE is made."
    >
      <TextField
        name="rootPassword"
        label="Root password"
        type="password"
        optional
        autoComplete="new-password"
        hint="At least 8 characters."
      />
      <TextAreaField
        name="sshKeys"
        label="SSH public keys"
        optional
        rows={3}
        placeholder="ssh-ed25519 AAAA… you@laptop"
        hint="One a line."
      />
    </FieldGroup>
  )
}
