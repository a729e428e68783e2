'use client'
import { type ReactNode, useContext, useEffect, useRef } from 'react'
import { FormContext } from './form-context.ts'

/** Fields that most people leave alone. It opens by itself when one of them is wrong. */
export function Disclosure({ summary, children }: { summary: string; children: ReactNode }) {
  const details = useRef<HTMLDetailsElement>(null)
  const { problem } = useContext(FormContext)
  // Comes before the form's own effect, which moves the focus to the first field that is wrong.
  useEffect(() => {
    if (problem && details.current?.querySelector('[aria-invalid="true"]')) details.current.open = true
  }, [problem])
  return (
    <details ref={details} className="rounded-lg border border-line bg-surface-raised">
      <summary className="cursor-pointer rounded-lg px-4 py-3 font-semibold">{summary}</summary>
      <div className="grid gap-5 px-4 pb-4">{children}</div>
    </details>
  )
}
