'use client'
import { type ReactNode, useId } from 'react'
import { cx } from '../_ui/cx.ts'
import { useFieldProblem } from './form-context.ts'

/** Boxes to tick that answer one question, and what is wrong with the answer. */
export function CheckGroup({
  name,
  label,
  hint,
  scroll = false,
  children,
}: {
  name: string
  label: string
  hint?: ReactNode
  /** There may be hundreds. */
  scroll?: boolean
  children: ReactNode
}) {
  const id = useId()
  const wrong = useFieldProblem(name)
  return (
    <fieldset
      data-field={name}
      aria-describedby={wrong ? `${id}-wrong` : undefined}
      className="grid min-w-0 content-start gap-2"
    >
      <legend className="mb-1 font-medium text-sm">{label}</legend>
      {hint ? <p className="text-content-muted text-sm">{hint}</p> : null}
      {wrong ? (
        <p id={`${id}-wrong`} className="wrap-long text-danger text-sm">
          {wrong}
        </p>
      ) : null}
      <div className={cx('grid content-start gap-2', scroll && 'max-h-60 overflow-y-auto')}>{children}</div>
    </fieldset>
  )
}
