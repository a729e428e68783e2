'use client'
import { useState } from 'react'
import { FIREWALL_ACTIONS } from '@/lib/contract/ve-firewall.ts'
import type { FirewallSettings } from '@/lib/firewall/resource.ts'
import { draftsOf, entriesOf } from '../../../../_components/firewall/rule-draft.ts'
import { RuleEditor, type SetChoice } from '../../../../_components/firewall/rule-editor.tsx'
import { ACTION_LABEL } from '../../../../_components/firewall/rule-fields.tsx'
import { useOperationEnd } from '../../../../_components/operations/use-operation-end.ts'
import { setFirewallAction } from '../../../../_components/ves/ve-firewall-action.ts'
import { FieldGroup, FieldRow, SelectField, SwitchField } from '../../../../_forms/fields.tsx'
import { FormShell } from '../../../../_forms/form-shell.tsx'
import { useFormAction } from '../../../../_forms/use-form-action.ts'
import { notify } from '../../../../_ui/notify.ts'

type VeFirewallFormProps = {
  veId: string
  settings: FirewallSettings
  sets: SetChoice[]
  disabledReason: string | null
}

export function VeFirewallForm({ veId, settings, sets, disabledReason }: VeFirewallFormProps) {
  const [entries, setEntries] = useState(() => draftsOf(settings.entries))
  const [asked, setAsked] = useState<string | null>(null)
  const { pending, problem, submit } = useFormAction(setFirewallAction, ({ operationId }) => {
    notify({ title: 'The firewall is asked for.' })
    setAsked(operationId)
  })
  // Only its host knows whether the kernel takes every rule: what it refuses is shown at the rule as well.
  const refused = useOperationEnd(asked)?.problem ?? null
  return (
    <FormShell
      label="Firewall"
      pending={pending}
      problem={problem ?? refused}
      onSubmit={submit}
      submitLabel="Save firewall"
      pendingLabel="Asking…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      <input type="hidden" name="entries" value={JSON.stringify(entriesOf(entries))} />
      <FieldGroup
        title="Firewall"
        note="Kept on the host: the VE’s own root cannot undo it. Answers to what was let through always pass."
      >
        <SwitchField name="enabled" label="Filter the VE’s traffic" defaultChecked={settings.enabled} />
        <FieldRow>
          <Policy name="policyIn" label="Incoming that no rule fits" value={settings.policyIn} />
          <Policy name="policyOut" label="Outgoing that no rule fits" value={settings.policyOut} />
        </FieldRow>
      </FieldGroup>
      <FieldGroup title="Rules" note="Tried in this order: the first that fits decides.">
        <RuleEditor entries={entries} sets={sets} onChange={setEntries} />
      </FieldGroup>
    </FormShell>
  )
}

function Policy({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <SelectField name={name} label={label} defaultValue={value}>
      {FIREWALL_ACTIONS.map((action) => (
        <option key={action} value={action}>
          {ACTION_LABEL[action]}
        </option>
      ))}
    </SelectField>
  )
}
