'use client'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import type { VeLimits } from '@/lib/contract/ve-limits.ts'
import { paths } from '@/lib/paths.ts'
import { FieldGroup, FieldRow, SelectField, TextField } from '../../_forms/fields.tsx'
import { FormShell } from '../../_forms/form-shell.tsx'
import { useFormAction } from '../../_forms/use-form-action.ts'
import { notify } from '../../_ui/notify.ts'
import { findingNotes } from '../resources/finding-notes.ts'
import { LimitFields } from '../resources/limit-fields.tsx'
import type { LimitFormState } from '../resources/limit-form-state.ts'
import { LIMIT_GROUPS } from '../resources/limit-inputs.ts'
import { LimitsCheck } from '../resources/limits-check.tsx'
import { useTypedLimits } from '../resources/use-typed-limits.ts'
import { type HostMeans, lackOf } from '../ves/host-means.ts'
import { savePlanAction } from './plan-action.ts'

/** What the form begins with: a size, or a version of the plan. */
export type PlanStart = { key: string; label: string; limits: VeLimits }

type PlanFormProps = {
  /** Null: a new plan. */
  plan: { id: string; name: string } | null
  starts: readonly [PlanStart, ...PlanStart[]]
  startLabel: string
  hosts: readonly HostMeans[]
  disabledReason: string | null
}

/** Makes a plan, or a new version of one. All limits are sent: a version is whole. */
export function PlanForm({ plan, starts, startLabel, hosts, disabledReason }: PlanFormProps) {
  const router = useRouter()
  const [start, setStart] = useState(starts[0].key)
  const limits = useTypedLimits(starts.find(({ key }) => key === start)?.limits ?? starts[0].limits)
  const [unread, setUnread] = useState<ProblemJson | null>(null)
  const { pending, problem, submit } = useFormAction(savePlanAction, ({ id, version }) => {
    notify({ title: plan ? `Version ${version} is saved.` : 'The plan is saved.' })
    router.push(paths.plan(id))
  })
  function save(event: FormEvent<HTMLFormElement>) {
    const wrong = Object.keys(limits.wrong).length > 0
    setUnread(wrong ? { code: 'invalid-input', detail: 'Not valid.', fields: limits.wrong } : null)
    if (wrong) return event.preventDefault()
    submit(event)
  }
  const form: LimitFormState = {
    typed: limits.typed,
    set: limits.set,
    notes: (field) => findingNotes(limits.findings ?? [], field),
    aside: () => null,
    lack: (capability) => lackOf(hosts, capability),
  }
  return (
    <FormShell
      label={plan ? 'New version' : 'New plan'}
      pending={pending}
      problem={unread ?? problem}
      onSubmit={save}
      submitLabel={plan ? 'Save version' : 'Save plan'}
      pendingLabel="Saving…"
      cancelHref={plan ? paths.plan(plan.id) : paths.plans()}
      disabledReason={disabledReason}
    >
      <input type="hidden" name="id" value={plan?.id ?? ''} />
      <FieldGroup title={plan ? 'Version' : 'Plan'}>
        <FieldRow>
          {plan ? null : <Naming />}
          <SelectField
            name="start"
            label={startLabel}
            value={start}
            onChange={(event) => setStart(event.target.value)}
            hint="What was typed below stays."
          >
            {starts.map(({ key, label }) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </SelectField>
          <TextField name="note" label="Note" optional hint="What is new, for those who choose it." />
        </FieldRow>
      </FieldGroup>
      {LIMIT_GROUPS.map(({ title, note, plain, pairs }) => (
        <FieldGroup key={title} title={title} note={note}>
          <LimitFields form={form} plain={plain} pairs={pairs} />
        </FieldGroup>
      ))}
      <LimitsCheck limits={limits} />
    </FormShell>
  )
}

function Naming() {
  return (
    <>
      <TextField name="name" label="Name" required />
      <TextField name="description" label="Description" optional />
    </>
  )
}
