'use client'
import { useState } from 'react'
import { STORAGE, STORAGE_DRIVERS } from '@/lib/contract/storage.ts'
import { DEFAULT_LIMITS } from '@/lib/contract/ve-limits.ts'
import { findingNotes } from '../../../_components/resources/finding-notes.ts'
import { LimitFields } from '../../../_components/resources/limit-fields.tsx'
import type { LimitFormState } from '../../../_components/resources/limit-form-state.ts'
import { LIMIT_GROUPS, type PlainLimit } from '../../../_components/resources/limit-inputs.ts'
import { LimitsCheck } from '../../../_components/resources/limits-check.tsx'
import { LIMITS_GIVEN } from '../../../_components/resources/limits-read.ts'
import { useTypedLimits } from '../../../_components/resources/use-typed-limits.ts'
import { type HostMeans, lackOf } from '../../../_components/ves/host-means.ts'
import { Disclosure } from '../../../_forms/disclosure.tsx'
import { FieldGroup, FieldRow, SelectField, TextAreaField, TextField } from '../../../_forms/fields.tsx'
import type { PlanChoice } from './choices.ts'

const COMMON: readonly PlainLimit[] = [
  'memoryBytes',
  'diskBytes',
  'swapBytes',
  'processes',
  'cpuUnits',
  'cpuLimitPercent',
]
const MORE = LIMIT_GROUPS.map((group) => ({
  ...group,
  plain: group.plain.filter((field) => !COMMON.includes(field)),
}))

export function Names() {
  return (
    <FieldGroup title="Name resolution">
      <FieldRow>
        <TextField
          name="dns.servers"
          label="Name servers"
          optional
          mono
          placeholder="those of its host"
          hint="Addresses, separated by spaces."
        />
        <TextField
          name="dns.search"
          label="Search domains"
          optional
          mono
          placeholder="none"
          hint="Separated by spaces."
        />
      </FieldRow>
    </FieldGroup>
  )
}

/** Of a plan or of its own: what most people choose, and all the rest folded away. What a plan says and nobody changed is left to it. */
export function Limits({ hosts, plans }: { hosts: readonly HostMeans[]; plans: readonly PlanChoice[] }) {
  const [planId, setPlanId] = useState('')
  const plan = plans.find(({ id }) => id === planId)
  const limits = useTypedLimits(plan?.limits ?? DEFAULT_LIMITS)
  const form: LimitFormState = {
    typed: limits.typed,
    set: limits.set,
    notes: (field) => findingNotes(limits.findings ?? [], field),
    aside: () => null,
    lack: (capability) => lackOf(hosts, capability),
  }
  return (
    <>
      <FieldGroup title="Limits" note="All of them can be changed later, most while it runs.">
        <input type="hidden" name={LIMITS_GIVEN} value={limits.given.join(' ')} />
        <FieldRow>
          {plans.length === 0 ? null : (
            <SelectField
              name="planId"
              label="Plan"
              value={planId}
              onChange={(event) => setPlanId(event.target.value)}
              hint={plan ? plan.description : 'Limits of its own.'}
            >
              <option value="">None</option>
              {plans.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </SelectField>
          )}
          <Storage hosts={hosts} />
        </FieldRow>
        <LimitFields form={form} plain={COMMON} pairs={[]} />
      </FieldGroup>
      <Disclosure summary="More limits: throttle, CPUs, soft limits, disk traffic, beancounters">
        {MORE.map(({ title, note, plain, pairs }) => (
          <FieldGroup key={title} title={title} note={note}>
            <LimitFields form={form} plain={plain} pairs={pairs} />
          </FieldGroup>
        ))}
        <LimitsCheck limits={limits} />
      </Disclosure>
    </>
  )
}

function Storage({ hosts }: { hosts: readonly HostMeans[] }) {
  return (
    <SelectField name="storage" label="Storage" hint="Which limits of its disk can be held depends on it.">
      {STORAGE_DRIVERS.map((driver) => (
        <option key={driver} value={driver} disabled={lackOf(hosts, STORAGE[driver].capability) !== null}>
          {STORAGE[driver].label}
        </option>
      ))}
    </SelectField>
  )
}

export function Access() {
  return (
    <FieldGroup
      title="Getting in"
      note="Give a password, a key, or both. The password is sealed and wiped once the VE is made."
    >
      <TextField
        name="rootPassword"
        label="Root password"
        type="password"
        optional
        autoComplete="new-password"
        hint="At least 8 characters."
      />
      <TextAreaField
        name="sshKeys"
        label="SSH public keys"
        optional
        rows={3}
        placeholder="ssh-ed25519 AAAA… you@laptop"
        hint="One a line."
      />
    </FieldGroup>
  )
}
