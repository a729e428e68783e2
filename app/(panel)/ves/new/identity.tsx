'use client'
import { type HostMeans, lacksOf } from '../../../_components/ves/host-means.ts'
import { FieldGroup, FieldRow, SelectField, TextField } from '../../../_forms/fields.tsx'
import type { HostChoice, TemplateChoice } from './choices.ts'
import { hostObstacle } from './place.ts'

type IdentityProps = {
  templates: readonly TemplateChoice[]
  hosts: readonly HostChoice[]
  possible: readonly HostChoice[]
  templateId: string
  hostId: string
  onTemplate: (id: string) => void
  onHost: (id: string) => void
}

/** Its names, what it is made from, and where. */
export function Identity(props: IdentityProps) {
  return (
    <FieldGroup title="What it is">
      <FieldRow>
        <TextField name="name" label="Name" required hint="For people: letters, digits, space, dot, dash." />
        <TextField
          name="hostname"
          label="Host name"
          required
          placeholder="web1.example.org"
          hint="What it calls itself."
        />
        <Template {...props} />
        <Host {...props} />
        <TextField
          name="veid"
          label="VEID"
          optional
          inputMode="numeric"
          placeholder="next free"
          hint="Its number in the fleet: 101 or more."
        />
        <TextField name="description" label="Description" optional placeholder="Shop of Example Ltd" />
      </FieldRow>
      <Lacks hosts={props.possible} />
    </FieldGroup>
  )
}

function Template({ templates, templateId, onTemplate }: IdentityProps) {
  return (
    <SelectField
      name="templateId"
      label="Template"
      value={templateId}
      onChange={(event) => onTemplate(event.target.value)}
    >
      {templates.map((each) => (
        <option key={each.id} value={each.id}>
          {each.label}
        </option>
      ))}
    </SelectField>
  )
}

function Host({ templates, hosts, templateId, hostId, onHost }: IdentityProps) {
  const template = templates.find((each) => each.id === templateId)
  const host = hosts.find((each) => each.id === hostId)
  return (
    <SelectField
      name="hostId"
      label="Host"
      value={hostId}
      onChange={(event) => onHost(event.target.value)}
      hint={host ? host.room : 'Automatic: the host with the template and the most room.'}
    >
      <option value="">Automatic</option>
      {hosts.map((each) => {
        const obstacle = hostObstacle(each, template)
        return (
          <option key={each.id} value={each.id} disabled={obstacle !== null}>
            {obstacle === null ? each.label : `${each.label} – ${obstacle}`}
          </option>
        )
      })}
    </SelectField>
  )
}

/** What it will have to do without there, before anything is asked for. */
function Lacks({ hosts }: { hosts: readonly HostMeans[] }) {
  const lacks = lacksOf(hosts)
  if (lacks.length === 0) return null
  const where = hosts.length === 1 ? `on ${hosts[0]?.name}` : 'there'
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-content-muted">
        {`Not to be had ${where}: ${lacks.map(({ label }) => label).join(', ')}`}
      </summary>
      <ul className="mt-2 grid gap-1 pl-4">
        {lacks.map(({ label, why }) => (
          <li key={label} className="wrap-long">
            {label}
            <span className="block text-content-muted">{why}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}
