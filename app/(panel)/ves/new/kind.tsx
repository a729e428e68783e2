'use client'
import { useState } from 'react'
import {
  SEALING_NAMESPACES,
  VE_KIND,
  VE_KINDS,
  VE_NAMESPACE,
  VE_NAMESPACES,
  type VeKind,
  type VeNamespace,
} from '@/lib/contract/ve-application.ts'
import { type HostMeans, lackOf } from '../../../_components/ves/host-means.ts'
import { Hint } from '../../../_components/ves/interface-fields.tsx'
import { CheckGroup } from '../../../_forms/check-group.tsx'
import {
  CheckField,
  FieldGroup,
  FieldRow,
  SelectField,
  SwitchField,
  TextAreaField,
  TextField,
} from '../../../_forms/fields.tsx'

type KindProps = {
  provider: boolean
  hosts: readonly HostMeans[]
  /** Whether it has interfaces of its own. */
  onOwnNetwork: (own: boolean) => void
}

/** A whole system, or one program and what it shares with its host. */
export function Kind({ provider, hosts, onOwnNetwork }: KindProps) {
  const [kind, setKind] = useState<VeKind>('system')
  const timeLack = lackOf(hosts, 'time-namespace')
  return (
    <FieldGroup title="What runs in it">
      <SelectField
        name="kind"
        label="Kind"
        value={kind}
        onChange={(event) => {
          setKind(event.target.value as VeKind)
          onOwnNetwork(true)
        }}
        hint={VE_KIND[kind].hint}
      >
        {VE_KINDS.map((each) => (
          <option key={each} value={each}>
            {VE_KIND[each].label}
          </option>
        ))}
      </SelectField>
      {kind === 'application' ? (
        <>
          <Program />
          <Namespaces provider={provider} timeLack={timeLack} onOwnNetwork={onOwnNetwork} />
        </>
      ) : (
        <SwitchField
          name="namespaces.time"
          label="Clocks of its own"
          hint={
            <Hint
              text="Its monotonic and boot-time clocks begin with it. The time of day is the host’s, and never its to set."
              lack={timeLack}
            />
          }
        />
      )}
    </FieldGroup>
  )
}

function Program() {
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
        <TextAreaField
          name="application.environment"
          label="Environment"
          optional
          rows={2}
          placeholder="LANG=C.UTF-8"
          hint="NAME=value, one a line."
        />
        <TextField
          name="application.uid"
          label="User id"
          inputMode="numeric"
          defaultValue="0"
          hint="Inside; 0 is its root."
        />
        <TextField name="application.gid" label="Group id" inputMode="numeric" defaultValue="0" />
      </FieldRow>
    </>
  )
}

type NamespacesProps = Pick<KindProps, 'provider' | 'onOwnNetwork'> & { timeLack: string | null }

function Namespaces({ provider, timeLack, onOwnNetwork }: NamespacesProps) {
  const offered = VE_NAMESPACES.filter((name) => provider || !SEALING_NAMESPACES.includes(name))
  return (
    <CheckGroup
      name="namespaces"
      label="What is its own"
      hint="Its files are always its own. What is not ticked it shares with the host."
    >
      <input type="hidden" name="offered" value={offered.join(' ')} />
      {VE_NAMESPACES.map((name) => (
        <Namespace
          key={name}
          name={name}
          fixed={!offered.includes(name)}
          lack={name === 'time' ? timeLack : null}
          onOwn={name === 'network' ? onOwnNetwork : undefined}
        />
      ))}
    </CheckGroup>
  )
}

type NamespaceProps = {
  name: VeNamespace
  fixed: boolean
  lack: string | null
  onOwn: ((own: boolean) => void) | undefined
}

function Namespace({ name, fixed, lack, onOwn }: NamespaceProps) {
  const [own, setOwn] = useState(name !== 'time')
  const { label, shared } = VE_NAMESPACE[name]
  if (fixed)
    return (
      <p className="pl-5.5">
        {label}
        <span className="block text-content-muted text-sm">
          Its own. Only the provider lets it be shared.
        </span>
      </p>
    )
  return (
    <CheckField
      name={`namespaces.${name}`}
      label={label}
      checked={own}
      onChange={(event) => {
        setOwn(event.target.checked)
        onOwn?.(event.target.checked)
      }}
      hint={own ? <Hint text={`Its own. If it were not: ${shared}`} lack={lack} /> : <Shared text={shared} />}
    />
  )
}

const Shared = ({ text }: { text: string }) => (
  <span className="text-caution">{`Shared with the host. ${text}`}</span>
)
