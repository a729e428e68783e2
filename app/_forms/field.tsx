'use client'
import { type ReactNode, useId } from 'react'
import { useFieldProblem } from './form-context.ts'

export type ControlProps = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

/** Label, control, what it is for, and what is wrong with it. `aside` stands at the end of the label's line, and is no part of it. */
export function Field({
  name,
  label,
  hint,
  optional = false,
  aside,
  children,
}: {
  name: string
  label: string
  hint?: ReactNode
  optional?: boolean
  aside?: ReactNode
  children: (control: ControlProps) => ReactNode
}) {
  const id = useId()
  const wrong = useFieldProblem(name)
  const described = [wrong ? `${id}-wrong` : null, hint ? `${id}-hint` : null].filter(Boolean).join(' ')
  return (
    <div data-field={name} className="grid min-w-0 content-start gap-1">
      <div className="flex flex-wrap justify-between gap-x-3">
        <label htmlFor={id} className="font-medium text-sm">
          {label}
          {optional ? <span className="font-normal text-content-muted"> (optional)</span> : null}
        </label>
        {aside ? <span className="text-content-muted text-xs leading-4.5">{aside}</span> : null}
      </div>
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': wrong ? true : undefined,
      })}
      {wrong ? (
        <p id={`${id}-wrong`} className="wrap-long text-danger text-sm">
          {wrong}
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-content-muted text-sm">
          {hint}
        </p>
      ) : null}
    </div>
  )
}
