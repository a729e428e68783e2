'use client'
import { type FormEvent, useState, useTransition } from 'react'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import type { ActionResult, FormAction } from '@/lib/http/action.ts'

/** Our server did not answer: the state of things is unknown, but the form's key makes sending it again harmless. */
const UNANSWERED: ProblemJson = {
  code: 'internal',
  detail: 'Corral did not answer. Sending this again is safe: it will not be done twice.',
}

type Done<T extends object> = Extract<ActionResult<T>, { ok: true }>

/**
 * Sends a form to a server action and keeps what came back. The fields keep their values: nothing is reset, whatever the
 * answer. `pending` stays true until what `onDone` starts (going to another page) is on screen.
 */
export function useFormAction<T extends object>(action: FormAction<T>, onDone: (result: Done<T>) => void) {
  const [pending, start] = useTransition()
  const [problem, setProblem] = useState<ProblemJson | null>(null)

  function send(form: FormData) {
    if (pending) return
    start(async () => {
      const result = await action(null, form).catch(() => ({ ok: false as const, problem: UNANSWERED }))
      start(() => {
        setProblem(result.ok ? null : result.problem)
        if (result.ok) onDone(result)
      })
    })
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    send(new FormData(event.currentTarget))
  }
  return { pending, problem, submit, send }
}
