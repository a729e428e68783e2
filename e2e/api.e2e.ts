import { randomUUID } from 'node:crypto'
import type { Api } from './api.ts'
import { makeStranger } from './database.ts'
import { expect, test, unique } from './fixtures.ts'

const UNKNOWN = '0192f0c0-0000-7000-8000-000000000001'

async function veInput(api: Api, prefix: string) {
  return { name: unique(prefix), hostname: 've.example.org', templateId: await api.firstTemplate() }
}

test('a repeated Idempotency-Key gets the same answer and makes one VE', async ({ api }) => {
  const input = await veInput(api, 'key')
  const key = randomUUID()
  const answers = await Promise.all([1, 2, 3].map(() => api.post('/ves', input, { key })))
  for (const answer of answers) {
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual(answers[0]?.body)
  }
  expect((await api.get(`/ves?q=${input.name}`)).body.items).toHaveLength(1)
})

test('a key that comes with another request is refused, and the first one stands', async ({ api }) => {
  const key = randomUUID()
  const first = await api.post('/ves', await veInput(api, 'mismatch'), { key })
  const second = await api.post('/ves', await veInput(api, 'mismatch'), { key })
  expect(second.status).toBe(422)
  expect(second.body).toMatchObject({ code: 'idempotency-mismatch', next: expect.any(String) })
  expect(await api.post('/ves', {}, { key })).toMatchObject({ status: 422 })
  expect((await api.get(`/ves/${first.body.ve.id}`)).status).toBe(200)
})

test('an id of nobody, of another person, and no id at all get the same 404', async ({ api }) => {
  const stranger = await makeStranger()
  const ve = await api.addVe(await veInput(api, 'mine'))
  const [host] = await api.hosts()
  const { body } = await api.get('/operations?limit=1')
  const pairs = [
    ['GET', `/ves/${ve.id}`, `/ves/${UNKNOWN}`],
    ['POST', `/ves/${ve.id}/start`, `/ves/${UNKNOWN}/start`],
    ['DELETE', `/ves/${ve.id}`, `/ves/${UNKNOWN}`],
    ['GET', `/hosts/${host?.id}`, `/hosts/${UNKNOWN}`],
    ['GET', `/operations/${body.items[0].id}`, `/operations/${UNKNOWN}`],
    ['GET', `/operations/${body.items[0].id}/log`, `/operations/${UNKNOWN}/log`],
  ] as const
  for (const [method, theirs, nobodys] of pairs) {
    const sent = method === 'POST' ? {} : undefined
    const answers = await Promise.all([
      api.send(method, theirs, sent, { token: stranger }),
      api.send(method, nobodys, sent, { token: stranger }),
      api.send(method, nobodys, sent),
      api.send(method, nobodys.replace(UNKNOWN, 'not-an-id'), sent),
    ])
    for (const answer of answers) {
      expect(answer.status, `${method} ${theirs}`).toBe(404)
      expect(answer.body, `${method} ${theirs}`).toEqual(answers[0].body)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
    }
  }
  expect((await api.get('/ves', { token: stranger })).body.items).toEqual([])
  expect(await api.ve(ve.id)).toMatchObject({ state: 'stopped' })
})

test('every refusal is a problem with a code, a field and a next step', async ({ api }) => {
  const input = await veInput(api, 'bad')
  const wrong = await api.post('/ves', { ...input, hostname: '-', veid: 100, limits: { memoryBytes: 1 } })
  expect(wrong.status).toBe(422)
  expect(wrong.headers.get('content-type')).toContain('application/problem+json')
  expect(wrong.body).toMatchObject({
    type: 'urn:corral:problem:invalid-input',
    status: 422,
    code: 'invalid-input',
    fields: {
      hostname: expect.any(String),
      veid: expect.any(String),
      'limits.memoryBytes': 'At least 16 MiB.',
    },
    next: expect.any(String),
  })
  expect((await api.get('/ves?limit=0')).status).toBe(422)
  expect((await api.get('/ves?cursor=nonsense')).status).toBe(422)
  expect((await api.get('/ves?sort=rootPassword')).status).toBe(422)
  expect((await api.get('/nowhere')).status).toBe(404)
})

test('a list is read page by page, each item once', async ({ api }) => {
  const mark = unique('page')
  const { templateId, hostname } = await veInput(api, mark)
  const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `${mark}-${letter}`)
  for (const name of names) await api.post('/ves', { name, hostname, templateId })
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const path: string = `/ves?q=${mark}&limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
    const { body } = await api.get(path)
    expect(body.items.length).toBeLessThanOrEqual(2)
    seen.push(...body.items.map(({ name }: { name: string }) => name))
    cursor = body.next
  } while (cursor)
  expect(seen).toEqual(names)
})

test('the OpenAPI document describes every route, and every reference in it leads somewhere', async ({
  api,
}) => {
  const { status, body } = await api.get('/openapi.json', { token: null })
  expect(status).toBe(200)
  expect(body.openapi).toMatch(/^3\.1\./)
  for (const noun of ['hosts', 'ves', 'templates', 'operations', 'ip-pools'])
    expect(Object.keys(body.paths), noun).toContain(`/${noun}`)
  const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
  expect(references.length).toBeGreaterThan(10)
  for (const reference of references) {
    const found = reference.split('/').reduce((at, key) => at?.[key], body)
    expect(found, reference).toBeDefined()
  }
})

test('what a VE was given is never shown again: no password in any answer', async ({ api }) => {
  const rootPassword = `secret-${randomUUID()}`
  const made = await api.post('/ves', { ...(await veInput(api, 'quiet')), rootPassword })
  expect(made.status).toBe(202)
  await api.ended(made.body.operation.id)
  const answers = await Promise.all(
    [
      `/ves/${made.body.ve.id}`,
      `/operations/${made.body.operation.id}`,
      `/operations/${made.body.operation.id}/log`,
    ].map((path) => api.get(path)),
  )
  expect(JSON.stringify([made.body, ...answers.map(({ body }) => body)])).not.toContain(rootPassword)
})
