'use client'
import { type FormEvent, useState } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { type VeLimits, veLimits } from '@/lib/contract/ve-limits.ts'
import { limitWarnings } from '@/lib/limits/limit-warnings.ts'
import type { VeResource } from '@/lib/ves/resource.ts'
import { FieldGroup } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { Callout } from '../../_ui/callout.tsx'
import { notify } from '../../_ui/notify.ts'
import { useOperationEnd } from '../operations/use-operation-end.ts'
import type { HostMeans } from '../ves/host-means.ts'
import { lackOf } from '../ves/host-means.ts'
import { findingNotes } from './finding-notes.ts'
import { LimitFields } from './limit-fields.tsx'
import type { LimitAside, LimitFormState } from './limit-form-state.ts'
import { LIMIT_GROUPS } from './limit-inputs.ts'
import { setLimitsAction } from './limits-action.ts'
import { LimitsCheck } from './limits-check.tsx'
import { fieldsOf, withoutOthers } from './typed-limits.ts'
import { useTypedLimits } from './use-typed-limits.ts'

type LimitsFormProps = {
  veId: string
  limits: VeLimits
  observed: VeResource['observed']
  /** Empty where the viewer may not see hosts: the server judges in any case. */
  hosts: readonly HostMeans[]
  asides: Readonly<Record<string, LimitAside>>
  disabledReason: string | null
}

/** All limits of a VE in one form. Only what was changed is sent; what is below present use has to be saved twice. */
export function LimitsForm({ veId, limits, observed, hosts, asides, disabledReason }: LimitsFormProps) {
  const typed = useTypedLimits(limits)
  const [asked, setAsked] = useState<string | null>(null)
  const [unread, setUnread] = useState<ProblemJson | null>(null)
  const [shown, setShown] = useState('[]')
  const { pending, problem, send } = useFormAction(setLimitsAction, ({ operationId }) => {
    notify({ title: operationId === null ? 'Saved.' : 'Asked for: its host is being told.' })
    setAsked(operationId)
  })
  const refused = useOperationEnd(asked)?.problem ?? null
  const changed = fieldsOf(typed.change)
  const warnings = limitWarnings(typed.after, observed).filter(({ field }) => changed.includes(field))
  const warned = warnings.length > 0 && shown === JSON.stringify(warnings)

  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const wrong = Object.keys(typed.wrong).length > 0
    setUnread(wrong ? { code: 'invalid-input', detail: 'Not valid.', fields: typed.wrong } : null)
    if (wrong) return
    if (changed.length === 0) return notify({ title: 'Nothing was changed.' })
    // What no VE may have is refused by the server, and needs no warning.
    const possible = veLimits.safeParse(typed.after).success
    if (possible && warnings.length > 0 && !warned) return setShown(JSON.stringify(warnings))
    send(withoutOthers(new FormData(event.currentTarget), changed))
  }
  const state: LimitFormState = {
    typed: typed.typed,
    set: typed.set,
    notes: (field) => [
      ...(warned
        ? warnings
            .filter((each) => each.field === field)
            .map(({ text }) => ({ tone: 'caution' as const, text }))
        : []),
      ...findingNotes(typed.findings ?? [], field),
    ],
    aside: (field) => asides[field] ?? null,
    lack: (capability) => lackOf(hosts, capability),
  }
  return (
    <FormShell
      label="Limits"
      pending={pending}
      problem={unread ?? problem ?? refused}
      onSubmit={save}
      submitLabel={warned ? 'Save all the same' : 'Save limits'}
      pendingLabel="Saving…"
      disabledReason={disabledReason}
    >
      <input type="hidden" name="veId" value={veId} />
      {LIMIT_GROUPS.map(({ title, note, plain, pairs }) => (
        <FieldGroup key={title} title={title} note={note}>
          <LimitFields form={state} plain={plain} pairs={pairs} />
        </FieldGroup>
      ))}
      <LimitsCheck limits={typed} />
      {warned ? <BelowUse warnings={warnings} /> : null}
    </FormShell>
  )
}

function BelowUse({ warnings }: { warnings: readonly { field: string; text: string }[] }) {
  return (
    <Callout tone="caution" role="alert" title="Less than it uses now">
      <ul className="mt-1 list-disc pl-5">
        {warnings.map(({ field, text }) => (
          <li key={field}>{text}</li>
        ))}
      </ul>
      <p className="mt-1">Save once more to set it all the same.</p>
    </Callout>
  )
}
