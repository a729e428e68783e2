/** Server actions of forms: session, schema, once-only, and a problem instead of a thrown error. */
import { unstable_rethrow } from 'next/navigation'
import type * as z from 'zod/mini'
import { findViewer } from '../auth/session.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem, type ProblemJson } from '../contract/problem.ts'
import type { Db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import { formObject } from './form-object.ts'
import { once, parseKey, requestDigest } from './idempotency.ts'
import { shownProblem } from './problem-response.ts'
import { validate } from './validate.ts'

/** Name of the hidden field. Its value is made when the form is shown, so that sending the form twice does it once. */
export const IDEMPOTENCY_FIELD = 'idempotencyKey'

export type ActionResult<T extends object> = ({ ok: true } & T) | { ok: false; problem: ProblemJson }

/** As `useActionState` wants it; `previous` is not looked at. */
export type FormAction<T extends object> = (previous: unknown, form: FormData) => Promise<ActionResult<T>>

/**
 * Makes a server action. The form is read by `read` (by default `formObject`: dotted names nest, empty text is left
 * out), checked by `schema`, and handed to `handler` in one transaction together with its idempotency key; so all that
 * the handler does goes through `tx`. What it returns is plain JSON and lands beside `ok: true`. Go to another page in
 * the browser after that, not by `redirect()` in the handler, which would roll the transaction back.
 */
export function formAction<S extends z.ZodMiniType, T extends object>(
  schema: S,
  handler: (context: { viewer: Viewer; input: z.infer<S>; tx: Db }) => Promise<T>,
  read: (form: FormData) => unknown = formObject,
): FormAction<T> {
  return async (_previous, form) => {
    try {
      const viewer = await findViewer()
      if (!viewer) throw new Problem('unauthenticated', 'Your session has ended.')
      const raw = read(form)
      const input = validate(schema, raw)
      const sent = form.get(IDEMPOTENCY_FIELD)
      const key = parseKey(typeof sent === 'string' && sent !== '' ? `form:${sent}` : null)
      const value = await retryingTransaction((tx) => {
        const work = () => handler({ viewer, input, tx })
        if (key === null) return work()
        const digest = requestDigest('form', JSON.stringify(raw))
        return once(tx, { actorId: viewer.userId, key, digest }, async () => ({
          status: 200,
          body: await work(),
        })).then((answer) => answer.body as T)
      })
      return { ok: true, ...value }
    } catch (error) {
      unstable_rethrow(error)
      return { ok: false, problem: shownProblem(error).problem }
    }
  }
}
