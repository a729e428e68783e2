'use client'
import type { FormAction } from '@/lib/http/action.ts'
import { useFormAction } from '../_forms/use-form-action.ts'
import { toastProblem } from './toast-problem.ts'

/** A button's deed: a server action on one thing, and a toast when it is refused. */
export function useAct<T extends object>(action: FormAction<T>, onDone: (result: { ok: true } & T) => void) {
  const { pending, send } = useFormAction<T>(async (previous, form) => {
    const result = await action(previous, form)
    if (!result.ok) toastProblem(result.problem)
    return result
  }, onDone)
  function act(values: Record<string, string>) {
    const form = new FormData()
    for (const [name, value] of Object.entries(values)) form.set(name, value)
    send(form)
  }
  return { pending, act }
}
