/** Checks input from outside against a schema; what is wrong becomes one sentence per field. */
import type * as z from 'zod/mini'
import { invalidInput } from '../contract/problem.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue

/** The value as the schema gives it. Throws `invalid-input` with a sentence per field. */
export function validate<T extends z.ZodMiniType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value, { error: sentence })
  if (result.success) return result.data
  throw invalidInput(result.error.issues.flatMap((issue) => flatten(issue)))
}

const UNION = 'Not valid.'
const REQUIRED = 'Required.'

/** For a field whose schema brings no sentence of its own. */
function sentence(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? REQUIRED : `Expected: ${issue.expected}.`
    case 'invalid_value':
      return `One of: ${issue.values.map(String).join(', ')}.`
    case 'too_small':
      return `At least ${issue.minimum}.`
    case 'too_big':
      return `At most ${issue.maximum}.`
    case 'invalid_format':
      return `Expected: ${issue.format}.`
    default:
      return UNION
  }
}

/** A union of whole objects says only "not valid": take the issues of the alternative that was most likely meant. */
function flatten(
  issue: Issue,
  prefix: readonly PropertyKey[] = [],
): { path: PropertyKey[]; message: string }[] {
  const path = [...prefix, ...issue.path]
  if (issue.code !== 'invalid_union' || issue.message !== UNION || issue.errors.length === 0)
    return [{ path, message: issue.message }]
  const [meant] = [...issue.errors].sort((a, b) => mismatch(a) - mismatch(b))
  return (meant ?? []).flatMap((inner) => flatten(inner, path))
}

/**
 * How far from meant: an alternative whose literal field differs is the wrong one, and so is one that lacks a field which tells it
 * from the others; else the fewer issues the better.
 */
function mismatch(issues: readonly Issue[]): number {
  const own = issues.filter((issue) => issue.path.length === 1)
  const differs = own.some((issue) => issue.code === 'invalid_value')
  const lacks = own.filter((issue) => issue.message === REQUIRED)
  return issues.length + (differs ? 1000 : 0) + 100 * lacks.length
}
