'use client'
import Link from 'next/link'
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { ProblemCard } from '../_components/problem-card.tsx'
import { Button } from '../_ui/button.tsx'
import { type ButtonLook, buttonClass } from '../_ui/button-class.ts'
import { FormContext } from './form-context.ts'
import { IdempotencyKey } from './idempotency-key.tsx'
import { UnmatchedFields } from './unmatched-fields.tsx'

/** What every form has. It wants `pending` and `problem`, so that no form can forget to show them. */
export function FormShell({
  label,
  pending,
  problem,
  onSubmit,
  submitLabel,
  submitLook = 'primary',
  pendingLabel,
  cancelHref,
  onCancel,
  disabledReason,
  children,
}: {
  label: string
  pending: boolean
  problem: ProblemJson | null
  onSubmit: (event: FormEvent<HTMLFormElement>) => void
  submitLabel: string
  submitLook?: ButtonLook
  pendingLabel: string
  cancelHref?: string
  onCancel?: () => void
  disabledReason?: string | null
  children: ReactNode
}) {
  const form = useRef<HTMLFormElement>(null)
  const state = useMemo(() => ({ pending, problem }), [pending, problem])
  useEffect(() => {
    if (!problem) return
    const first = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (first) first.focus()
    else form.current?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'nearest' })
  }, [problem])
  return (
    <FormContext value={state}>
      <form
        ref={form}
        aria-label={label}
        // Only reached before the script is there: what was typed must not end up in the address.
        method="post"
        onSubmit={onSubmit}
        noValidate
        className="grid max-w-3xl gap-5"
      >
        <IdempotencyKey />
        {children}
        {problem && problem.code !== 'invalid-input' ? <ProblemCard problem={problem} /> : null}
        {problem?.code === 'invalid-input' ? <UnmatchedFields problem={problem} form={form} /> : null}
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" look={submitLook} pending={pending} disabledReason={disabledReason}>
            {pending ? pendingLabel : submitLabel}
          </Button>
          {cancelHref ? (
            <Link href={cancelHref} className={buttonClass('quiet')}>
              Cancel
            </Link>
          ) : null}
          {onCancel ? (
            <Button look="quiet" onClick={onCancel}>
              Cancel
            </Button>
          ) : null}
        </div>
      </form>
    </FormContext>
  )
}
