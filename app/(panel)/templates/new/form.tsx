'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { ARCH, ARCHES, type Arch, archRuns } from '@/lib/contract/arch.ts'
import { paths } from '@/lib/paths.ts'
import { Field } from '../../../_forms/field.tsx'
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
import { createTemplateAction } from './action.ts'

/** `obstacle` says why it cannot build anything now. */
export type BuildHost = { id: string; label: string; arch: Arch | null; obstacle: string | null }

const SUITES = [
  ['trixie', 'Debian 13 (trixie)'],
  ['bookworm', 'Debian 12 (bookworm)'],
  ['forky', 'Debian testing (forky)'],
  ['sid', 'Debian unstable (sid)'],
] as const

export function TemplateForm({ hosts }: { hosts: BuildHost[] }) {
  const router = useRouter()
  const { pending, problem, submit } = useFormAction(createTemplateAction, ({ templateId }) =>
    router.push(paths.template(templateId)),
  )
  const [arch, setArch] = useState<Arch>(hosts.find((host) => host.arch !== null)?.arch ?? 'x86-64')
  return (
    <FormShell
      label="New template"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Make and build"
      pendingLabel="Asking…"
      cancelHref={paths.templates()}
    >
      <FieldGroup title="What it is">
        <FieldRow>
          <TextField name="name" label="Name" placeholder="debian-13" />
          <SelectField name="definition.suite" label="Debian release">
            {SUITES.map(([suite, label]) => (
              <option key={suite} value={suite}>
                {label}
              </option>
            ))}
          </SelectField>
          <SelectField
            name="definition.arch"
            label="Architecture"
            value={arch}
            onChange={(event) => setArch(event.target.value as Arch)}
          >
            {ARCHES.map((each) => (
              <option key={each} value={each}>
                {ARCH[each].label}
              </option>
            ))}
          </SelectField>
          <SelectField
            name="definition.init"
            label="Init"
            hint="sysvinit runs on every host; systemd needs cgroup version 2."
          >
            <option value="sysvinit">sysvinit</option>
            <option value="systemd">systemd</option>
          </SelectField>
        </FieldRow>
        <TextAreaField
          name="definition.packages"
          label="Extra packages"
          optional
          rows={3}
          placeholder="openssh-server curl"
          hint="Names of Debian packages, separated by spaces or lines."
        />
      </FieldGroup>
      <FieldGroup
        title="Where to build it"
        note="A VE can be made only on a host that has built its template."
      >
        <Builders hosts={hosts} arch={arch} />
      </FieldGroup>
    </FormShell>
  )
}

function Builders({ hosts, arch }: { hosts: BuildHost[]; arch: Arch }) {
  const able = hosts.map((host) => ({
    ...host,
    obstacle:
      host.obstacle ?? (host.arch && !archRuns(host.arch, arch) ? `is ${ARCH[host.arch].label}` : null),
  }))
  return (
    <Field name="hostIds" label="Hosts">
      {(control) => (
        <fieldset {...control} aria-label="Hosts" tabIndex={-1} className="grid gap-2">
          {able.map((host) => (
            <CheckField
              key={`${host.id} ${host.obstacle === null}`}
              name="hostIds"
              value={host.id}
              label={host.label}
              hint={host.obstacle ? `Not now: ${host.obstacle}.` : undefined}
              disabled={host.obstacle !== null}
              defaultChecked={host.obstacle === null && able.length <= 4}
            />
          ))}
        </fieldset>
      )}
    </Field>
  )
}
