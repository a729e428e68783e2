'use client'
import { useState } from 'react'
import { INTERFACE_KIND, INTERFACE_KINDS, type InterfaceKind } from '@/lib/contract/ve-interface.ts'
import { createPoolAction } from '../../_components/addresses/pool-action.ts'
import { type BindingChoice, PoolBindings } from '../../_components/addresses/pool-bindings.tsx'
import { type BridgeChoice, PoolBridge } from '../../_components/addresses/pool-bridge.tsx'
import { FieldRow, SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'

type PoolFormProps = {
  hosts: BindingChoice[]
  groups: BindingChoice[]
  bridges: BridgeChoice[]
  disabledReason: string | null
}

export function PoolForm(props: PoolFormProps) {
  /** Another key is another form: empty again, and with an idempotency key of its own. */
  const [made, setMade] = useState(0)
  return (
    <Fields
      key={made}
      {...props}
      onDone={() => {
        notify({ title: 'The pool is made.' })
        setMade(made + 1)
      }}
    />
  )
}

function Fields({ hosts, groups, bridges, disabledReason, onDone }: PoolFormProps & { onDone: () => void }) {
  const [kind, setKind] = useState<InterfaceKind>('routed')
  const { pending, problem, submit } = useFormAction(createPoolAction, onDone)
  return (
    <FormShell
      label="New pool"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Make pool"
      pendingLabel="Making…"
      disabledReason={disabledReason}
    >
      <FieldRow>
        <TextField name="name" label="Name" />
        <SelectField
          name="kind"
          label="Kind"
          value={kind}
          onChange={(event) => setKind(event.target.value as InterfaceKind)}
          hint={INTERFACE_KIND[kind].hint}
        >
          {INTERFACE_KINDS.map((each) => (
            <option key={each} value={each}>
              {INTERFACE_KIND[each].label}
            </option>
          ))}
        </SelectField>
        <TextField name="cidr" label="Prefix" mono placeholder="192.0.2.0/24" hint="IPv4 or IPv6." />
        {kind === 'routed' ? (
          <TextField
            name="delegates"
            label="Gives out networks of length"
            optional
            inputMode="numeric"
            placeholder="single addresses"
            hint="IPv6: 64 gives each VE a /64 of its own."
          />
        ) : (
          <TextField
            name="gateway"
            label="Gateway"
            optional
            mono
            hint="The default route of VEs on this bridge."
          />
        )}
        <TextField name="first" label="First address" optional mono placeholder="first of the prefix" />
        <TextField name="last" label="Last address" optional mono placeholder="last of the prefix" />
        {kind === 'bridged' ? (
          <>
            <PoolBridge bridges={bridges} />
            <TextField name="vlan" label="VLAN" optional inputMode="numeric" placeholder="none" />
          </>
        ) : null}
      </FieldRow>
      <PoolBindings hosts={hosts} groups={groups} />
    </FormShell>
  )
}
