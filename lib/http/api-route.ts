/** What a route of the API is, as data: the route itself and the OpenAPI document are both made from it. */
import type * as z from 'zod/mini'
import type { Permission } from '../auth/permissions.ts'

export type Schema = z.ZodMiniType

export type ApiRoute<Input extends Schema, Query extends Schema, Output extends Schema> = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1, as OpenAPI writes it: "/ves/{id}". */
  path: string
  summary: string
  /** Needed somewhere at least; the handler asks for it in the account of the thing. Null for what needs no sign-in. */
  permission: Permission | null
  query?: Query
  input?: Input
  status: 200 | 201 | 202 | 204
  output?: Output
  /** Its answer holds a secret, which is not kept: the same Idempotency-Key gets another one. */
  secret?: boolean
}

export function defineRoute<
  const Input extends Schema = Schema,
  const Query extends Schema = Schema,
  const Output extends Schema = Schema,
>(route: ApiRoute<Input, Query, Output>): ApiRoute<Input, Query, Output> {
  return route
}
