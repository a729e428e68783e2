import { Problem } from '@/lib/contract/problem.ts'
import { problemResponse } from '@/lib/http/problem-response.ts'

/** A path that the API does not have: a problem like any other, instead of the panel's page for people. */
function nothing(): Response {
  return problemResponse(
    new Problem('not-found', 'The API has no such path; /api/v1/openapi.json lists those it has.'),
  )
}

export { nothing as GET, nothing as POST, nothing as PUT, nothing as PATCH, nothing as DELETE }
