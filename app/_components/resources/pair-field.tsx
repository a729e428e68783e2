'use client'
import { type ReactNode, useContext } from 'react'
import type { PairRule } from '@/lib/contract/beancounters.ts'
import { Field } from '../../_forms/field.tsx'
import { FormContext } from '../../_forms/form-context.ts'
import { inputClass } from '../../_forms/input-class.ts'
import { SIDES, type Typed } from './typed-limits.ts'

type PairFieldProps = {
  /** Of the whole: the inputs are called "…barrier" and "…limit". */
  name: string
  label: string
  rule: PairRule
  mode: 'numeric' | 'text'
  typed: Readonly<Typed>
  onType: (texts: Typed) => void
  aside: ReactNode
  hint: ReactNode
}
type Side = (typeof SIDES)[number]

/** What is typed: one number where barrier and limit are one by rule, the barrier alone of what is promised, else both. */
function sidesOf(rule: PairRule, barrier: string, limit: string): readonly Side[] {
  if (rule === 'equal' && barrier === limit) return ['limit']
  return rule === 'guarantee' && limit === '' ? ['barrier'] : SIDES
}

export function PairField({ name, label, rule, mode, typed, onType, aside, hint }: PairFieldProps) {
  const [barrier, limit] = SIDES.map((side) => typed[`${name}.${side}`] ?? '') as [string, string]
  const text = { barrier, limit }
  const sides = sidesOf(rule, barrier, limit)
  const fields = useContext(FormContext).problem?.fields ?? {}
  const wrongSide = SIDES.find((side) => fields[`${name}.${side}`])
  const together = rule === 'equal' && sides.length === 1

  function type(side: Side, value: string) {
    onType(
      together ? { [`${name}.barrier`]: value, [`${name}.limit`]: value } : { [`${name}.${side}`]: value },
    )
  }
  return (
    <Field name={name} label={label} aside={aside} hint={hint}>
      {({ id, 'aria-invalid': invalid, ...control }) => (
        <div className="grid auto-cols-fr grid-flow-col gap-2">
          {SIDES.map((side) =>
            sides.includes(side) ? (
              <div key={side} className="grid gap-0.5">
                <span aria-hidden className="text-content-muted text-xs">
                  {together ? 'barrier and limit' : side}
                </span>
                <input
                  {...control}
                  id={side === sides[0] ? id : undefined}
                  aria-label={sides.length > 1 ? `${label}, ${side}` : undefined}
                  aria-invalid={
                    wrongSide === undefined || wrongSide === side || together ? invalid : undefined
                  }
                  type="text"
                  name={`${name}.${side}`}
                  inputMode={mode}
                  autoComplete="off"
                  spellCheck={false}
                  placeholder="unlimited"
                  value={text[side]}
                  onChange={(event) => type(side, event.target.value)}
                  className={inputClass}
                />
              </div>
            ) : (
              <input key={side} type="hidden" name={`${name}.${side}`} value={text[side]} />
            ),
          )}
        </div>
      )}
    </Field>
  )
}
