'use client'
import { useState } from 'react'
import { checkBeancounters, type Finding, mendBeancounters } from '@/lib/contract/beancounter-formulas.ts'
import {
  beancountersOf,
  type VeLimits,
  type VeLimitsPart,
  withBeancounters,
  withLimits,
} from '@/lib/contract/ve-limits.ts'
import {
  changedPart,
  fieldOfText,
  fieldsOf,
  readLimits,
  type Typed,
  typedOf,
  type Wrong,
} from './typed-limits.ts'

export type TypedLimits = {
  typed: Readonly<Typed>
  set: (texts: Typed) => void
  /** What is typed and differs from `base`, and what cannot be read. */
  change: VeLimitsPart
  wrong: Wrong
  /** The fields of both: what a form has to send. */
  given: readonly string[]
  /** `base` with the change. */
  after: VeLimits
  /** What the formulas find in it since `check` was asked for; null before. */
  findings: readonly Finding[] | null
  check: () => void
  /** Types what the formulas lack. */
  mend: () => void
}

/** Limits while somebody types them. When `base` becomes another, what was typed stays and the rest follows it. */
export function useTypedLimits(base: VeLimits): TypedLimits {
  const [edits, setEdits] = useState<Typed>({})
  const [checking, setChecking] = useState(false)
  const typed = { ...typedOf(base), ...edits }
  const { part, wrong } = readLimits(typed, base)
  const change = changedPart(base, part)
  const after = withLimits(base, change)
  const set = (texts: Typed) => setEdits((before) => ({ ...before, ...texts }))
  function mend() {
    const [is, mended] = [
      typedOf(after),
      typedOf(withBeancounters(after, mendBeancounters(beancountersOf(after)))),
    ]
    set(Object.fromEntries(Object.entries(mended).filter(([name, text]) => is[name] !== text)))
    setChecking(true)
  }
  return {
    typed,
    set,
    change,
    wrong,
    given: [...fieldsOf(change), ...Object.keys(wrong).map(fieldOfText)],
    after,
    findings: checking ? checkBeancounters(beancountersOf(after)) : null,
    check: () => setChecking(true),
    mend,
  }
}
