/** Makes a route handler of the API: who, what, once, and problems as HTTP. */
import type * as z from 'zod/mini'
import { canAnywhere, forbidden, type Viewer } from '../auth/viewer.ts'
import { type Db, db } from '../db/client.ts'
import { retryingTransaction } from '../db/retrying-transaction.ts'
import type { ApiRoute, Schema } from './api-route.ts'
import { type Answer, once, parseKey, requestDigest } from './idempotency.ts'
import { problemResponse } from './problem-response.ts'
import { parseJsonBody, readBody } from './request-body.ts'
import { requestViewer } from './request-viewer.ts'
import { validate } from './validate.ts'

export type RouteContext<Input extends Schema, Query extends Schema> = {
  viewer: Viewer
  /** The {id} of the path; empty where there is none. */
  id: string
  /** Every {name} of the path, `id` among them. */
  params: Record<string, string>
  input: z.infer<Input>
  query: z.infer<Query>
  /** The transaction of a request that changes something, which commits together with its idempotency key; for a GET the client. */
  tx: Db
}

type RouteHandler = (
  request: Request,
  context: { params: Promise<Record<string, string> | undefined> },
) => Promise<Response>

const NO_STORE = { 'cache-control': 'no-store' }

/**
 * `handler` gives the body; status and content type come from the route's entry. Every POST honours Idempotency-Key:
 * the same key gets the same answer, also while the first is still under way; only an answer that is secret is not kept.
 */
export function apiRoute<Input extends Schema, Query extends Schema, Output extends Schema>(
  route: ApiRoute<Input, Query, Output>,
  handler: (context: RouteContext<Input, Query>) => Promise<z.infer<Output>>,
): RouteHandler {
  return async (request, { params: segments }) => {
    try {
      const viewer = await requestViewer(request)
      if (route.permission && !canAnywhere(viewer, route.permission)) throw forbidden(route.permission)
      // A route without a dynamic segment is given none by the built server.
      const params = (await segments) ?? {}
      const { id = '' } = params
      const query = readQuery(route.query, request)
      const given = { viewer, id, params, query }
      if (route.method === 'GET') {
        const input = undefined as z.infer<Input>
        return answer({ status: route.status, body: await handler({ ...given, input, tx: db() }) })
      }
      const text = await readBody(request)
      const json = parseJsonBody(request, text)
      const input = (route.input ? validate(route.input, json) : {}) as z.infer<Input>
      const work = async (tx: Db): Promise<Answer> => {
        const body = await handler({ ...given, input, tx })
        return { status: route.status, body: body ?? null }
      }
      if (route.secret) return answer(await retryingTransaction(work))
      return answer(await atMostOnce(request, text, viewer, work))
    } catch (error) {
      return problemResponse(error)
    }
  }
}

/** `?state=` means the same as no state at all. */
function readQuery<Query extends Schema>(schema: Query | undefined, request: Request): z.infer<Query> {
  const given = [...new URL(request.url).searchParams].filter(([, value]) => value !== '')
  return (schema ? validate(schema, Object.fromEntries(given)) : {}) as z.infer<Query>
}

async function atMostOnce(
  request: Request,
  text: string,
  viewer: Viewer,
  work: (tx: Db) => Promise<Answer>,
): Promise<Answer> {
  const key = parseKey(request.headers.get('idempotency-key'))
  if (key === null) return retryingTransaction(work)
  const { pathname, search } = new URL(request.url)
  const digest = requestDigest(request.method, pathname + search, text)
  const onceKey = { actorId: viewer.userId, key: `api:${key}`, digest }
  return retryingTransaction((tx) => once(tx, onceKey, () => work(tx)))
}

function answer({ status, body }: Answer): Response {
  if (status === 204) return new Response(null, { status, headers: NO_STORE })
  const operation = (body as { operation?: { id: string } } | null)?.operation
  const headers = new Headers(NO_STORE)
  if (status === 202 && operation) headers.set('location', `/api/v1/operations/${operation.id}`)
  return Response.json(body, { status, headers })
}
