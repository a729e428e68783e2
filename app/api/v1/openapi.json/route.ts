import { API_ROUTES } from '@/lib/http/api-routes.ts'
import { openApiDocument } from '@/lib/http/openapi.ts'

/** Needs no sign-in: it says how to ask, and nothing of what is there. */
export function GET(): Response {
  return Response.json(openApiDocument(API_ROUTES))
}
