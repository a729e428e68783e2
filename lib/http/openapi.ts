/** The OpenAPI 3.1 document, made from the table of routes and the very schemas that check requests. */
import * as z from 'zod/mini'
import { addressPoolResource } from '../addresses/resource.ts'
import { backupResource, backupStoreResource } from '../backups/resource.ts'
import { PROBLEM_CODES } from '../contract/problem.ts'
import { firewallSetResource } from '../firewall/set-resource.ts'
import { hostGroupResource } from '../host-groups/resource.ts'
import { hostResource } from '../hosts/resource.ts'
import { operationResource } from '../operations/resource.ts'
import { planResource, planVersionResource } from '../plans/resource.ts'
import { snapshotResource } from '../snapshots/resource.ts'
import { templateResource } from '../templates/resource.ts'
import { veInterfaceResource, veResource } from '../ves/resource.ts'
import type { ApiRoute, Schema } from './api-route.ts'

type Json = Record<string, unknown>
type AnyRoute = ApiRoute<Schema, Schema, Schema>

/** Named once under components; everywhere else they are referred to. */
const NAMED = z.registry<{ id: string }>()
NAMED.add(hostResource, { id: 'Host' })
NAMED.add(templateResource, { id: 'Template' })
NAMED.add(planResource, { id: 'Plan' })
NAMED.add(planVersionResource, { id: 'PlanVersion' })
NAMED.add(veResource, { id: 'Ve' })
NAMED.add(operationResource, { id: 'Operation' })
NAMED.add(addressPoolResource, { id: 'AddressPool' })
NAMED.add(hostGroupResource, { id: 'HostGroup' })
NAMED.add(snapshotResource, { id: 'Snapshot' })
NAMED.add(backupResource, { id: 'Backup' })
NAMED.add(backupStoreResource, { id: 'BackupStore' })
NAMED.add(firewallSetResource, { id: 'FirewallSet' })
NAMED.add(veInterfaceResource, { id: 'VeInterface' })

/** What lib/http/problem-response.ts sends. */
const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(PROBLEM_CODES),
  fields: z.optional(z.record(z.string(), z.string())),
  next: z.string(),
  reference: z.optional(z.string()),
})
NAMED.add(problem, { id: 'Problem' })

export function openApiDocument(routes: Record<string, AnyRoute>): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  for (const [operationId, route] of Object.entries(routes)) {
    const method = route.method.toLowerCase()
    paths[route.path] = { ...paths[route.path], [method]: operation(operationId, route, schemas) }
  }
  const problemSchema = convert(problem, schemas)
  return {
    openapi: '3.1.0',
    info: { title: 'Corral', version: '1', description: DESCRIPTION },
    servers: [{ url: '/api/v1' }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } },
      responses: {
        Problem: {
          description: 'What went wrong, and what to do about it.',
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      },
    },
  }
}

const DESCRIPTION = [
  'Sizes are bytes, times ISO 8601 in UTC, null means unlimited.',
  'What takes time answers 202 with an operation; follow it at /operations/{id} until its status is succeeded, failed,',
  'cancelled or stuck. Lists are paged: send `next` back as `cursor` until it is null.',
].join(' ')

function operation(operationId: string, route: AnyRoute, schemas: Json): Json {
  return {
    operationId,
    summary: route.summary,
    tags: [route.path.split('/')[1]],
    ...(route.permission ? { description: `Permission: ${route.permission}.` } : { security: [] }),
    parameters: parameters(route, schemas),
    ...(route.input ? { requestBody: requestBody(route.input, schemas) } : {}),
    responses: {
      [route.status]: success(route, schemas),
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function requestBody(input: Schema, schemas: Json): Json {
  const required = !input.safeParse({}).success
  return { required, content: { 'application/json': { schema: convert(input, schemas) } } }
}

const SUCCESS: Record<AnyRoute['status'], string> = {
  200: 'What was asked for.',
  201: 'It was made.',
  202: 'It was begun; the operation says how far it is.',
  204: 'It is gone.',
}

function success(route: AnyRoute, schemas: Json): Json {
  const description = SUCCESS[route.status]
  if (!route.output) return { description }
  return { description, content: { 'application/json': { schema: convert(route.output, schemas) } } }
}

function parameters(route: AnyRoute, schemas: Json): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }))
  const properties = route.query ? (convert(route.query, schemas).properties as Json) : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
  return [...inPath, ...inQuery, ...(route.method === 'POST' ? [IDEMPOTENCY_KEY] : [])]
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key gets the same answer: a request that is sent again is done once.',
  schema: { type: 'string', maxLength: 255 },
}

/** A schema as JSON Schema; the named ones inside it move to components. */
function convert(schema: Schema, schemas: Json): Json {
  const {
    $schema: _,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    metadata: NAMED,
    io: 'input',
    unrepresentable: 'any',
  }) as Json
  for (const [id, definition] of Object.entries(($defs ?? {}) as Json)) {
    const { id: _id, $schema: _schema, ...clean } = definition as Json
    schemas[id] ??= refer(clean)
  }
  const { id, ...plain } = rest
  if (typeof id !== 'string') return refer(plain) as Json
  schemas[id] ??= refer(plain)
  return { $ref: `#/components/schemas/${id}` }
}

/** "#/$defs/X" → "#/components/schemas/X", at any depth. */
function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string'
        ? inner.replace('#/$defs/', '#/components/schemas/')
        : refer(inner),
    ]),
  )
}
