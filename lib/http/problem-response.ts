/** The one place where a Problem becomes HTTP (RFC 9457). */
import { randomUUID } from 'node:crypto'
import { PROBLEMS, Problem, type ProblemJson } from '../contract/problem.ts'
import { log } from './log.ts'

/**
 * Any thrown value as a problem that may be shown. What nobody expected is logged whole under a reference; the reader
 * gets the reference and none of the rest.
 */
export function shownProblem(error: unknown): { problem: ProblemJson; reference: string | null } {
  const problem = Problem.from(error)
  if (PROBLEMS[problem.code].status < 500 || (problem.code !== 'internal' && error instanceof Problem)) {
    const { context: _, ...shown } = problem.toJson()
    return { problem: shown, reference: null }
  }
  const reference = randomUUID()
  log.error({ err: error, reference }, 'unexpected error')
  return {
    problem: { code: 'internal', detail: `An unexpected error happened. Reference: ${reference}.` },
    reference,
  }
}

/** The body of `application/problem+json`. `reference` is there when something was logged under it. */
export function problemBody(error: unknown) {
  const { problem, reference } = shownProblem(error)
  const kind = PROBLEMS[problem.code]
  return {
    type: `urn:corral:problem:${problem.code}`,
    title: kind.title,
    status: kind.status,
    detail: problem.detail,
    code: problem.code,
    ...(problem.fields ? { fields: problem.fields } : {}),
    next: kind.next,
    ...(reference ? { reference } : {}),
  }
}

export function problemResponse(error: unknown): Response {
  const body = problemBody(error)
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' })
  if (body.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer realm="corral"')
  if (body.code === 'rate-limited') headers.set('retry-after', '60')
  return new Response(JSON.stringify(body), { status: body.status, headers })
}
