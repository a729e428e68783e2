import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { API_ROUTES } from './api-routes.ts'
import { openApiDocument } from './openapi.ts'
import { openApiProblems } from './test-openapi-problems.ts'

const ROOT = path.resolve(import.meta.dirname, '../..', 'app/api/v1')
const document = openApiDocument(API_ROUTES)

/** "GET /ves/{id}" → text of the file that serves it. */
function served(): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of readdirSync(ROOT, { recursive: true, encoding: 'utf8' })) {
    // The last one answers for every path that there is not.
    if (path.basename(file) !== 'route.ts' || file.startsWith('[...rest]')) continue
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const url = `/${path
      .dirname(file)
      .split(path.sep)
      .join('/')
      .replaceAll(/\[(\w+)\]/g, '{$1}')}`
    for (const [, method] of text.matchAll(/^export (?:const|function|async function) ([A-Z]+)\b/gm))
      found.set(`${method} ${url}`, text)
  }
  return found
}

test('every route file is in the table under its own path, and the table has no other', () => {
  const files = served()
  const table = new Map(
    Object.entries(API_ROUTES).map(([name, { method, path }]) => [`${method} ${path}`, name]),
  )
  expect([...files.keys()].sort()).toEqual([...table.keys()].sort())
  for (const [route, text] of files) {
    const method = route.split(' ')[0]
    // Each takes the entry of its own method and path, not another's.
    if (!route.endsWith('.json'))
      expect(text).toContain(`${method} = apiRoute(API_ROUTES.${table.get(route)},`)
  }
})

describe('the document', () => {
  test('is sound OpenAPI 3.1', () => expect(openApiProblems(document)).toEqual([]))

  test('names the resources once and refers to them', () => {
    const text = JSON.stringify(document)
    expect(Object.keys((document.components as { schemas: object }).schemas).sort()).toEqual([
      'AddressPool',
      'Backup',
      'BackupStore',
      'FirewallSet',
      'Host',
      'HostGroup',
      'Operation',
      'Plan',
      'PlanVersion',
      'Problem',
      'Snapshot',
      'Template',
      'Ve',
      'VeInterface',
    ])
    expect(text).not.toContain('$defs')
    expect(text).toContain('#/components/schemas/Ve"')
  })

  test('says what may be sent', () => {
    const paths = document.paths as Record<
      string,
      Record<string, { requestBody?: unknown; parameters?: unknown[] }>
    >
    expect(paths['/ves']?.post?.requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { required: ['name', 'hostname', 'templateId'] } } },
    })
    expect(paths['/ves/{id}/stop']?.post?.requestBody).toMatchObject({ required: false })
    expect(paths['/ves']?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'state', in: 'query' }),
    )
    expect(paths['/ves']?.post?.parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key' }),
    )
  })
})

test('the check itself is seen to fail', () => {
  const broken = structuredClone(document) as Record<string, never>
  const paths = broken.paths as unknown as Record<string, Record<string, Record<string, unknown>>>
  const get = paths['/ves/{id}']?.get as Record<string, unknown>
  get.parameters = []
  get.operationId = 'veList'
  get.responses = {
    200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Nothing' } } } },
  }
  const problems = openApiProblems(broken).join('\n')
  for (const part of ['{id} is not declared', 'veList is used twice', 'Nothing', 'description'])
    expect(problems).toContain(part)
})
