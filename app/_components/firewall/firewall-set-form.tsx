'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import type { FirewallRule } from '@/lib/contract/ve-firewall.ts'
import { paths } from '@/lib/paths.ts'
import { FieldGroup, FieldRow, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { saveFirewallSetAction } from './firewall-set-action.ts'
import { draftsOf, rulesOf } from './rule-draft.ts'
import { RuleEditor } from './rule-editor.tsx'

export type FirewallSetDraft = { id: string; name: string; description: string; rules: FirewallRule[] }

/** Makes a rule set (`id` empty), or changes one. */
export function FirewallSetForm({
  set,
  disabledReason,
}: {
  set: FirewallSetDraft
  disabledReason: string | null
}) {
  const router = useRouter()
  const [entries, setEntries] = useState(() => draftsOf(set.rules.map((rule) => ({ rule }))))
  const { pending, problem, submit } = useFormAction(saveFirewallSetAction, ({ id }) => {
    notify({ title: 'The rule set is saved.' })
    if (set.id === '') router.push(paths.firewallSet(id))
  })
  return (
    <FormShell
      label="Rule set"
      pending={pending}
      problem={problem}
      onSubmit={submit}
      submitLabel="Save rule set"
      pendingLabel="Saving…"
      cancelHref={paths.firewallSets()}
      disabledReason={disabledReason}
    >
      <input type="hidden" name="id" value={set.id} />
      <input type="hidden" name="rules" value={JSON.stringify(rulesOf(entries))} />
      <FieldGroup title="Rule set">
        <FieldRow>
          <TextField name="name" label="Name" required defaultValue={set.name} />
          <TextField name="description" label="Description" optional defaultValue={set.description} />
        </FieldRow>
      </FieldGroup>
      <FieldGroup title="Rules" note="Tried in this order, where a VE refers to the set.">
        <RuleEditor entries={entries} onChange={setEntries} />
      </FieldGroup>
    </FormShell>
  )
}
