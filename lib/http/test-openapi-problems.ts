/** What is wrong with an OpenAPI 3.1 document, by the rules of its specification that generated ones can break. */
type Json = Record<string, unknown>
type Operation = {
  operationId?: string
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[]
  requestBody?: { content?: Json }
  responses?: Record<string, Json>
  security?: Json[]
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']
const PLACES = ['path', 'query', 'header', 'cookie']
const SCHEMA_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']

export function openApiProblems(document: Json): string[] {
  const problems: string[] = []
  const say = (problem: string) => problems.push(problem)
  if (!/^3\.1\.\d+$/.test(String(document.openapi))) say('openapi is not 3.1.x')
  const info = document.info as { title?: string; version?: string } | undefined
  if (!info?.title || !info.version) say('info needs title and version')
  const ids = new Set<string>()
  for (const [url, item] of Object.entries(document.paths as Record<string, Record<string, Operation>>)) {
    if (!url.startsWith('/')) say(`${url} does not begin with a slash`)
    for (const [method, operation] of Object.entries(item)) {
      if (!METHODS.includes(method)) say(`${url}: ${method} is no method`)
      checkOperation(`${method} ${url}`, operation, ids, document, say)
    }
  }
  walk(document, [], (node, at) => checkNode(node, at, document, say))
  return problems
}

type Say = (problem: string) => void

function checkOperation(
  where: string,
  operation: Operation,
  ids: Set<string>,
  document: Json,
  say: Say,
): void {
  const id = operation.operationId ?? ''
  if (id === '') say(`${where} has no operationId`)
  if (ids.has(id)) say(`${where}: ${id} is used twice`)
  ids.add(id)
  const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
  const inUrl = [...where.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '')
  for (const name of inUrl)
    if (!declared.some((parameter) => parameter.name === name && parameter.required === true))
      say(`${where}: {${name}} is not declared`)
  for (const { name } of declared) if (!inUrl.includes(name)) say(`${where}: ${name} is not in the path`)
  const seen = new Set<string>()
  for (const parameter of operation.parameters ?? []) {
    const key = `${parameter.in} ${parameter.name}`
    if (!PLACES.includes(parameter.in) || !parameter.schema)
      say(`${where}: ${key} needs a place and a schema`)
    if (seen.has(key)) say(`${where}: ${key} is there twice`)
    seen.add(key)
  }
  if (operation.requestBody && !operation.requestBody.content) say(`${where}: the body has no content`)
  checkResponses(where, operation, say)
  const schemes = (document.components as { securitySchemes?: Json }).securitySchemes ?? {}
  for (const scheme of (operation.security ?? []).flatMap(Object.keys))
    if (!(scheme in schemes)) say(`${where}: ${scheme} is no security scheme`)
}

function checkResponses(where: string, operation: Operation, say: Say): void {
  const responses = Object.entries(operation.responses ?? {})
  if (responses.length === 0) say(`${where} has no responses`)
  for (const [status, response] of responses) {
    if (!/^([1-5]\d\d|default)$/.test(status)) say(`${where}: ${status} is no status`)
    if (!('$ref' in response) && typeof response.description !== 'string')
      say(`${where}: ${status} has no description`)
  }
}

/** References lead somewhere; types and required fields are what JSON Schema allows. */
function checkNode(node: Json, at: string[], document: Json, say: Say): void {
  const where = at.join('/')
  if (typeof node.$ref === 'string' && !resolves(node.$ref, document))
    say(`${where}: ${node.$ref} leads nowhere`)
  // Below "properties" and the like the keys are names, not keywords.
  if (!at.includes('schema') && !at.includes('schemas')) return
  if (['properties', 'schemas', 'fields'].includes(at.at(-1) ?? '')) return
  if (typeof node.type === 'string' && !SCHEMA_TYPES.includes(node.type)) say(`${where}: type ${node.type}`)
  if (Array.isArray(node.required) && node.properties)
    for (const name of node.required)
      if (!(String(name) in (node.properties as Json)))
        say(`${where}: requires ${name}, which it does not have`)
}

function resolves(reference: string, document: Json): boolean {
  if (!reference.startsWith('#/')) return false
  let node: unknown = document
  for (const part of reference.slice(2).split('/')) node = (node as Json | undefined)?.[part]
  return node !== undefined
}

function walk(node: unknown, at: string[], visit: (node: Json, at: string[]) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) visit(node as Json, at)
  for (const [key, inner] of Object.entries(node)) walk(inner, [...at, key], visit)
}
