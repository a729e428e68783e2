'use client'
import { useState } from 'react'
import { INTERFACE_KIND, INTERFACE_KINDS, type InterfaceKind } from '@/lib/contract/ve-interface.ts'
import { addInterfaceAction } from '../../../../_components/ves/ve-interface-action.ts'
import { CheckField, FieldRow, SelectField, TextField } from '../../../../_forms/fields.tsx'
import { FormShell } from '../../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../../_forms/use-form-action.ts'
import { notify } from '../../../../_ui/notify.ts'

export type PoolChoice = { id: string; kind: InterfaceKind; label: string }
type VeInterfaceFormProps = { veId: string; pools: PoolChoice[]; disabledReason: string | null }

export function VeInterfaceForm(props: VeInterfaceFormProps) {
  /** Another key is another form: empty again, and with an idempotency key of its own. */
  const [asked, setAsked] = useState(0)
  return <Fields key={asked} {...props} onDone={() => setAsked(asked + 1)} />
}

function Fields({ veId, pools, disabledReason, onDone }: VeInterfaceFormProps & { onDone: () => void }) {
  const [kind, setKind] = useState<InterfaceKind>('routed')
  const { pending, problem, submit } = useFormAction(addInterfaceAction, () => {
    notify({ title: 'The interface is asked for.' })
    onDone()
  })
  const ofKind = pools.filter((pool) => pool.kind === kind)
  return (
    <FormShell
      label="Add an interface"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Add interface"
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <FieldRow>
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
        <TextField name="ifname" label="Name inside" optional mono placeholder="next free, such as eth1" />
        {pools.length > 0 ? (
          <SelectField name="poolIds" label="Pool" hint="Its next free address.">
            <option value="">the first of each family with one left</option>
            {ofKind.map((pool) => (
              <option key={pool.id} value={pool.id}>
                {pool.label}
              </option>
            ))}
          </SelectField>
        ) : null}
        <TextField
          name="addresses"
          label="Addresses"
          optional
          mono
          hint="These instead, from pools that serve its host; separated by spaces."
        />
        <TextField
          name="rate.inBits"
          label="Rate in, Mbit/s"
          optional
          inputMode="decimal"
          placeholder="unlimited"
        />
        <TextField
          name="rate.outBits"
          label="Rate out, Mbit/s"
          optional
          inputMode="decimal"
          placeholder="unlimited"
        />
      </FieldRow>
      {kind === 'routed' ? (
        <CheckField
          name="delegate"
          label="Give it an IPv6 network of its own"
          hint="The next free one, such as a /64, of a pool that gives out networks."
        />
      ) : (
        <FieldRow>
          <TextField
            name="gateway4"
            label="IPv4 gateway"
            optional
            mono
            placeholder="the pool’s"
            hint="A dash for none: the default route leads elsewhere."
          />
          <TextField name="gateway6" label="IPv6 gateway" optional mono placeholder="the pool’s" />
        </FieldRow>
      )}
    </FormShell>
  )
}
