'use client'
import { type RefObject, useEffect, useState } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { Callout } from '../_ui/callout.tsx'
import { looseProblems } from './form-problem.ts'

/** Says that fields are marked, and spells out what belongs to none of them. */
export function UnmatchedFields({
  problem,
  form,
}: {
  problem: ProblemJson
  form: RefObject<HTMLFormElement | null>
}) {
  const [loose, setLoose] = useState<string[]>([])
  useEffect(() => {
    const marked = [...(form.current?.querySelectorAll<HTMLElement>('[data-field]') ?? [])]
    setLoose(
      looseProblems(
        problem,
        marked.map((field) => field.dataset.field ?? ''),
      ),
    )
  }, [problem, form])
  const nothingMarked = Object.keys(problem.fields ?? {}).length === 0
  return (
    <Callout tone="danger" role="alert" title="Not sent: the input is not valid">
      {nothingMarked ? <p>{problem.detail}</p> : null}
      {loose.length > 0 ? (
        <ul className="mt-1 list-disc pl-5">
          {loose.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ) : null}
      {nothingMarked || loose.length > 0 ? null : (
        <p>Correct the fields that are marked and send it again.</p>
      )}
    </Callout>
  )
}
