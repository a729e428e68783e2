/**
 * Problems: the closed list of everything that can go wrong in a way somebody has to understand.
 *
 * A problem is a code, a sentence for the user (`detail`), a context for us, and a next step. It is thrown anywhere
 * (agent, worker, web), travels as plain JSON, and is turned into HTTP only by `lib/http`.
 */
import * as z from 'zod/mini'
import { PROBLEM_CODES, type ProblemCode } from './problem-kinds.ts'

export { PROBLEM_CODES, PROBLEMS, type ProblemCode } from './problem-kinds.ts'

/** A problem as it travels: over the agent's wire, in the database, and (with HTTP dress) in `application/problem+json`. */
export const problemJson = z.object({
  code: z.enum(PROBLEM_CODES),
  /** What happened, in words for the user; names the thing and the state it is in now. */
  detail: z.string(),
  /** Field path → sentence, for `invalid-input`. */
  fields: z.optional(z.record(z.string(), z.string())),
  /** For us: argv, exit code, stderr tail. Never a secret. */
  context: z.optional(z.record(z.string(), z.unknown())),
})
export type ProblemJson = z.infer<typeof problemJson>

export class Problem extends Error {
  readonly code: ProblemCode
  readonly fields: Record<string, string> | undefined
  readonly context: Record<string, unknown> | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    more: { fields?: Record<string, string>; context?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(detail, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'Problem'
    this.code = code
    this.fields = more.fields
    this.context = more.context
  }

  get detail(): string {
    return this.message
  }

  toJson(): ProblemJson {
    return {
      code: this.code,
      detail: this.message,
      ...(this.fields ? { fields: this.fields } : {}),
      ...(this.context ? { context: this.context } : {}),
    }
  }

  static fromJson(json: ProblemJson): Problem {
    return new Problem(json.code, json.detail, { fields: json.fields, context: json.context })
  }

  /** Any thrown value as a problem. An unknown error becomes `internal`; its message stays in the context, for us. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error
    const message = error instanceof Error ? error.message : String(error)
    return new Problem('internal', 'An unexpected error happened.', { context: { message }, cause: error })
  }
}

/** The problem for input that a schema refused: one sentence per field, keyed by its dotted path. */
export function invalidInput(issues: readonly { path: readonly PropertyKey[]; message: string }[]): Problem {
  const fields: Record<string, string> = {}
  for (const issue of issues) fields[issue.path.map(String).join('.')] ??= issue.message
  const names = Object.keys(fields).filter((name) => name !== '')
  const detail =
    names.length > 0 ? `Not valid: ${names.join(', ')}.` : (issues[0]?.message ?? 'The input is not valid.')
  return new Problem('invalid-input', detail, { fields })
}
