'use client'
import type { ReactNode } from 'react'
import { BEANCOUNTERS } from '@/lib/contract/beancounters.ts'
import type { OtherBeancounter } from '@/lib/contract/ve-limits.ts'
import { LIMIT_FIELD } from '@/lib/limits/limit-fields.ts'
import { FieldRow, TextField } from '../../_forms/fields.tsx'
import { cx } from '../../_ui/cx.ts'
import { Tip } from '../../_ui/tip.tsx'
import type { LimitFormState, LimitNote } from './limit-form-state.ts'
import { LIMIT_INPUT, type LimitUnit, type PlainLimit, pairUnit } from './limit-inputs.ts'
import { PairField } from './pair-field.tsx'
import { pairName, plainName } from './typed-limits.ts'

type LimitFieldsProps = {
  form: LimitFormState
  plain: readonly PlainLimit[]
  pairs: readonly OtherBeancounter[]
}

/** Fields of some limits, each with what is to be known about it. */
export function LimitFields({ form, plain, pairs }: LimitFieldsProps) {
  return (
    <FieldRow>
      {plain.map((field) => (
        <Plain key={field} form={form} field={field} />
      ))}
      {pairs.map((name) => (
        <Pair key={name} form={form} name={name} />
      ))}
    </FieldRow>
  )
}

const MODE: Record<LimitUnit, 'numeric' | 'text'> = {
  bytes: 'text',
  items: 'numeric',
  seconds: 'text',
  list: 'text',
}

function Plain({ form, field }: { form: LimitFormState; field: PlainLimit }) {
  const { label, capability } = LIMIT_FIELD[field]
  const { unit, empty, hint } = LIMIT_INPUT[field]
  const name = plainName(field)
  return (
    <TextField
      name={name}
      label={label}
      inputMode={MODE[unit]}
      placeholder={empty?.word}
      value={form.typed[name] ?? ''}
      onChange={(event) => form.set({ [name]: event.target.value })}
      aside={<Aside form={form} field={field} />}
      hint={<Hints text={hint} notes={form.notes(field)} lack={capability && form.lack(capability)} />}
    />
  )
}

function Pair({ form, name }: { form: LimitFormState; name: OtherBeancounter }) {
  const { meaning, pair } = BEANCOUNTERS[name]
  const field = `beancounters.${name}` as const
  const { label, capability } = LIMIT_FIELD[field]
  return (
    <PairField
      name={pairName(name)}
      label={label}
      rule={pair}
      mode={MODE[pairUnit(name)]}
      typed={form.typed}
      onType={form.set}
      aside={<Aside form={form} field={field} />}
      hint={<Hints text={meaning} notes={form.notes(field)} lack={capability && form.lack(capability)} />}
    />
  )
}

function Aside({ form, field }: { form: LimitFormState; field: string }) {
  const aside = form.aside(field)
  if (aside === null) return null
  return aside.reason === null ? aside.word : <Tip text={aside.reason}>{aside.word}</Tip>
}

const TONE: Record<LimitNote['tone'], string> = {
  danger: 'text-danger',
  caution: 'text-caution',
  neutral: 'text-content',
}

type HintsProps = { text: string | null; notes: readonly LimitNote[]; lack: string | null }

function Hints({ text, notes, lack }: HintsProps): ReactNode {
  return (
    <>
      {notes.map((note) => (
        <span key={note.text} className={cx('block', TONE[note.tone])}>
          {note.text}
        </span>
      ))}
      {text === null ? null : <span className="block">{text}</span>}
      {lack === null ? null : <span className="block text-caution">{lack}</span>}
    </>
  )
}
