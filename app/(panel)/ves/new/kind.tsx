'use client'
import { useState } from 'react'
import { VE_KIND, VE_KINDS, VE_NAMESPACE, VE_NAMESPACES, type VeKind } from '@/lib/contract/ve-application.ts'
import {
  CheckField,
  FieldGroup,
  FieldRow,
  SelectField,
  TextAreaField,
  TextField,
} from '../../../_forms/fields.tsx'

/** What it may share with the host only by the provider's leave. */
const PROVIDER_ONLY: readonly string[] = ['pid', 'network', 'user']

/** A whole system, or one program and what it shares with its host. */
export function Kind({ provider }: { provider: boolean }) {
  const [kind, setKind] = useState<VeKind>('system')
  return (
    <FieldGroup title="Kind">
      <SelectField
        name="kind"
        label="Kind"
        value={kind}
        onChange={(event) => setKind(event.target.value as VeKind)}
        hint={VE_KIND[kind].hint}
      >
        {VE_KINDS.map((each) => (
          <option key={each} value={each}>
            {VE_KIND[each].label}
          </option>
        ))}
      </SelectField>
      {kind === 'application' ? <Application provider={provider} /> : null}
    </FieldGroup>
  )
}

function Application({ provider }: { provider: boolean }) {
  const offered = VE_NAMESPACES.filter((name) => provider || !PROVIDER_ONLY.includes(name))
  return (
    <>
      <TextAreaField
        name="application.command"
        label="Program and arguments"
        rows={3}
        placeholder={'/usr/bin/python3\n-m\nhttp.server'}
        hint="One word a line: no shell takes them apart."
      />
      <FieldRow>
        <TextField name="application.workingDirectory" label="Working directory" mono defaultValue="/" />
        <TextField
          name="application.uid"
          label="User id"
          inputMode="numeric"
          defaultValue="0"
          hint="Inside."
        />
        <TextField name="application.gid" label="Group id" inputMode="numeric" defaultValue="0" />
      </FieldRow>
      <TextAreaField
        name="application.environment"
        label="Environment"
        optional
        rows={2}
        placeholder="LANG=C.UTF-8"
        hint="NAME=value, one a line."
      />
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium text-sm">Its own</legend>
        <p className="text-content-muted text-sm">
          Its files are always its own. What is not ticked it shares with the host.
        </p>
        <input type="hidden" name="offered" value={offered.join(' ')} />
        {VE_NAMESPACES.map((name) => (
          <Namespace key={name} name={name} fixed={!offered.includes(name)} />
        ))}
      </fieldset>
    </>
  )
}

function Namespace({ name, fixed }: { name: keyof typeof VE_NAMESPACE; fixed: boolean }) {
  const [own, setOwn] = useState(name !== 'time')
  const { label, shared } = VE_NAMESPACE[name]
  if (fixed) return <p className="text-sm">{`${label}: its own. Only the provider lets it be shared.`}</p>
  return (
    <CheckField
      name={`namespaces.${name}`}
      label={label}
      checked={own}
      onChange={(event) => setOwn(event.target.checked)}
      hint={own ? 'Its own.' : `Shared: ${shared}`}
    />
  )
}
