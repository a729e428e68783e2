import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as rest from './[...rest]/route.ts'
import * as host from './hosts/[id]/route.ts'
import * as hosts from './hosts/route.ts'
import * as pools from './ip-pools/route.ts'
import * as cancel from './operations/[id]/cancel/route.ts'
import * as operationLog from './operations/[id]/log/route.ts'
import * as operation from './operations/[id]/route.ts'
import * as template from './templates/[id]/route.ts'
import * as templates from './templates/route.ts'
import * as ve from './ves/[id]/route.ts'
import * as start from './ves/[id]/start/route.ts'
import * as ves from './ves/route.ts'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string>> },
) => Response | Promise<Response>
type Call = {
  as?: Person
  body?: unknown
  id?: string
  key?: string
  headers?: Record<string, string>
  query?: string
}

let world: TestWorld
let count = 0

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, method: string, { as, body, id, key, headers, query }: Call = {}) {
  const request = new Request(`http://panel.test/api/v1/x${query ?? ''}`, {
    method,
    headers: {
      ...(as ? { authorization: `Bearer ${as.token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key ? { 'idempotency-key': key } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const response = await handler(request, {
    params: Promise.resolve<Record<string, string>>(id === undefined ? {} : { id }),
  })
  const text = await response.text()
  return { status: response.status, text, json: text ? JSON.parse(text) : null, headers: response.headers }
}

function veInput(more: object = {}) {
  count += 1
  return { name: `api-${count}`, hostname: 'api.example.org', templateId: world.template, ...more }
}
const admin = () => world.people.admin

describe('who is asking', () => {
  test('nobody, a wrong key and a revoked key are 401 problems', async () => {
    const none = await call(ves.GET, 'GET')
    expect(none.status).toBe(401)
    expect(none.headers.get('content-type')).toBe('application/problem+json')
    expect(none.headers.get('www-authenticate')).toMatch(/^Bearer/)
    const wrong = await call(ves.GET, 'GET', { headers: { authorization: `Bearer crl_${'A'.repeat(43)}` } })
    expect(wrong.json).toMatchObject({ status: 401, code: 'unauthenticated' })
    const { userId, token } = world.people.stranger
    await db().apiKey.updateMany({ where: { userId }, data: { revokedAt: new Date() } })
    expect((await call(ves.GET, 'GET', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401)
    await db().apiKey.updateMany({ where: { userId }, data: { revokedAt: null } })
  })

  test('what went wrong on a host is told to customers without its commands', async () => {
    const made = await call(ves.POST, 'POST', { as: world.people.stranger, body: veInput() })
    const id = made.json.operation.id
    const problem = { code: 'command-failed', detail: 'A command failed.', context: { argv: ['mkfs.ext4'] } }
    await db().operation.update({ where: { id }, data: { problem } })
    const seen = async (as: Person) => (await call(operation.GET, 'GET', { as, id })).json.problem
    expect(await seen(admin())).toEqual(problem)
    expect(await seen(world.people.stranger)).toEqual({ code: problem.code, detail: problem.detail })
  })

  test('a role without the permission is 403', async () => {
    const answer = await call(ves.POST, 'POST', { as: world.people.watcher, body: veInput() })
    expect(answer.json).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await call(pools.GET, 'GET', { as: world.people.customer })).status).toBe(403)
  })
})

describe('what another person has', () => {
  test('is as if it were not there: the same 404, byte for byte', async () => {
    const made = await call(ves.POST, 'POST', { as: world.people.stranger, body: veInput() })
    expect(made.status).toBe(202)
    const nobody = '00000000-0000-4000-8000-000000000000'
    const asked: [Handler, string, string][] = [
      [ve.GET, 'GET', made.json.ve.id],
      [ve.DELETE, 'DELETE', made.json.ve.id],
      [start.POST, 'POST', made.json.ve.id],
      [operation.GET, 'GET', made.json.operation.id],
      [operationLog.GET, 'GET', made.json.operation.id],
      [cancel.POST, 'POST', made.json.operation.id],
      [host.GET, 'GET', world.hosts.one],
      [host.DELETE, 'DELETE', world.hosts.one],
    ]
    for (const [handler, method, id] of asked) {
      const as = world.people.reseller
      const theirs = await call(handler, method, { as, id })
      expect(theirs.status).toBe(404)
      expect(theirs.json).toMatchObject({ code: 'not-found', next: expect.any(String) })
      expect((await call(handler, method, { as, id: nobody })).text).toBe(theirs.text)
      expect((await call(handler, method, { as, id: 'no-uuid' })).text).toBe(theirs.text)
    }
    const list = await call(ves.GET, 'GET', { as: world.people.reseller })
    expect(list.json).toMatchObject({ items: [], next: null, total: 0 })
  })

  test('is visible to those above in the tree, and a template is offered to those below', async () => {
    const made = await call(ves.POST, 'POST', { as: world.people.customer, body: veInput() })
    const id = made.json.ve.id
    expect((await call(ve.GET, 'GET', { as: world.people.reseller, id })).status).toBe(200)
    expect((await call(ve.GET, 'GET', { as: admin(), id })).status).toBe(200)
    const seen = await call(template.GET, 'GET', { as: world.people.customer, id: world.template })
    expect(seen.status).toBe(200)
    const kept = await call(template.DELETE, 'DELETE', { as: world.people.reseller, id: world.template })
    expect(kept.json).toMatchObject({ status: 403 })
  })
})

describe('input', () => {
  test('each wrong field has a sentence', async () => {
    const body = {
      name: '-x',
      hostname: 'under_score',
      templateId: 'x',
      veid: 100,
      addresses: ['10.9.0.300'],
      limits: { memoryBytes: 1, processes: 1.5 },
      rootPassword: 'short',
      sshKeys: ['no key'],
    }
    const { status, json } = await call(ves.POST, 'POST', { as: admin(), body })
    expect(status).toBe(422)
    expect(json).toMatchObject({ code: 'invalid-input', type: 'urn:corral:problem:invalid-input' })
    expect(json.fields).toEqual({
      name: expect.stringContaining('starts with a letter'),
      hostname: expect.stringContaining('Letters, digits and dashes'),
      templateId: 'Choose a template.',
      veid: '100 and below are reserved: 101 or more.',
      'addresses.0': 'An IPv4 or IPv6 address.',
      'limits.memoryBytes': 'At least 16 MiB.',
      'limits.processes': expect.any(String),
      rootPassword: 'At least 8 characters.',
      'sshKeys.0': expect.stringContaining('One OpenSSH public key'),
    })
    expect(Object.keys((await call(ves.POST, 'POST', { as: admin(), body: {} })).json.fields).sort()).toEqual(
      ['hostname', 'name', 'templateId'],
    )
  })

  test('a host is judged as the kind that was meant', async () => {
    const body = { name: 'h', address: '-oProxy', port: 70000, user: 'root', fingerprint: 'SHA256:x' }
    const { json } = await call(hosts.POST, 'POST', { as: admin(), body })
    expect(Object.keys(json.fields).sort()).toEqual(['address', 'credential', 'fingerprint', 'port'])
    const simulated = await call(hosts.POST, 'POST', { as: admin(), body: { name: '!', simulated: true } })
    expect(Object.keys(simulated.json.fields)).toEqual(['name'])
  })

  test('a body that is no JSON, too large, or of another type is refused', async () => {
    expect((await call(ves.POST, 'POST', { as: admin(), body: '{' })).json.detail).toContain('not valid JSON')
    const large = { ...veInput(), hostname: 'x'.repeat(1024 * 1024) }
    expect((await call(ves.POST, 'POST', { as: admin(), body: large })).json.detail).toContain('larger than')
    const headers = { 'content-type': 'text/plain' }
    expect((await call(ves.POST, 'POST', { as: admin(), body: veInput(), headers })).status).toBe(422)
  })

  test('a query that is not understood is refused', async () => {
    for (const query of [
      '?limit=0',
      '?limit=201',
      '?sort=password',
      '?cursor=AAAA',
      '?state=nice',
      '?hostId=1',
    ])
      expect((await call(ves.GET, 'GET', { as: admin(), query })).status).toBe(422)
  })
})

describe('Idempotency-Key', () => {
  test('a request that is sent again, also at the same time, makes one VE', async () => {
    const body = veInput()
    const send = () => call(ves.POST, 'POST', { as: admin(), body, key: 'once' })
    const answers = await Promise.all([send(), send(), send()])
    answers.push(await send())
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await db().ve.count({ where: { name: body.name } })).toBe(1)
    expect(await db().operation.count({ where: { title: `Create ${body.name}` } })).toBe(1)
  })

  test('with another request it is a mismatch; with another person it is another key', async () => {
    expect((await call(ves.POST, 'POST', { as: admin(), body: veInput(), key: 'k' })).status).toBe(202)
    const other = await call(ves.POST, 'POST', { as: admin(), body: veInput(), key: 'k' })
    expect(other.json).toMatchObject({ status: 422, code: 'idempotency-mismatch' })
    const body = veInput()
    expect((await call(ves.POST, 'POST', { as: world.people.stranger, body, key: 'k' })).status).toBe(202)
  })

  test('a refused request can be corrected under its key', async () => {
    const key = 'corrected'
    expect((await call(ves.POST, 'POST', { as: admin(), body: veInput({ veid: 5 }), key })).status).toBe(422)
    expect((await call(ves.POST, 'POST', { as: admin(), body: veInput(), key })).status).toBe(202)
  })

  test('has to be a key', async () => {
    const long = 'x'.repeat(256)
    expect((await call(ves.POST, 'POST', { as: admin(), body: veInput(), key: long })).status).toBe(422)
  })
})

describe('answers', () => {
  test('what takes time is 202 with its operation, which can be followed', async () => {
    const made = await call(ves.POST, 'POST', { as: admin(), body: veInput() })
    expect(made.headers.get('location')).toBe(`/api/v1/operations/${made.json.operation.id}`)
    const followed = await call(operation.GET, 'GET', { as: admin(), id: made.json.operation.id })
    expect(followed.json).toMatchObject({
      status: 'queued',
      ve: { id: made.json.ve.id },
      steps: expect.any(Array),
    })
    expect(followed.json.steps.length).toBeGreaterThan(0)
  })

  test('a state that forbids is 409 and names the state', async () => {
    const made = await call(ves.POST, 'POST', { as: admin(), body: veInput() })
    const id = made.json.ve.id
    await db().operation.updateMany({ where: { veId: id }, data: { status: 'succeeded' } })
    await db().ve.update({ where: { id }, data: { state: 'running' } })
    const refused = await call(ve.DELETE, 'DELETE', { as: admin(), id })
    expect(refused.json).toMatchObject({ status: 409, code: 've-state-forbids' })
    expect(refused.json.detail).toContain('running')
  })

  test('a list goes on at its cursor until there is no next, in either direction', async () => {
    for (const sort of ['name', '-createdAt', 'veid', '-memoryBytes']) {
      const seen: string[] = []
      let query = `?limit=3&sort=${sort}`
      for (;;) {
        const { json } = await call(ves.GET, 'GET', { as: admin(), query })
        seen.push(...json.items.map((item: { id: string }) => item.id))
        expect(json.total).toBe(await db().ve.count({ where: { destroyedAt: null } }))
        if (json.next === null) break
        query = `?limit=3&sort=${sort}&cursor=${json.next}`
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.length).toBe(await db().ve.count({ where: { destroyedAt: null } }))
    }
  })

  test('a path that there is not is a problem too', async () => {
    const answer = await call(rest.GET, 'GET', { as: admin() })
    expect(answer.status).toBe(404)
    expect(answer.json).toMatchObject({ code: 'not-found' })
  })

  test('filters narrow a list', async () => {
    const { json: made } = await call(ves.POST, 'POST', { as: admin(), body: veInput({ name: 'Needle' }) })
    const find = async (query: string) => (await call(ves.GET, 'GET', { as: admin(), query })).json.total
    expect(await find('?q=needle')).toBe(1)
    expect(await find(`?q=${made.ve.addresses[0]}`)).toBe(1)
    expect(await find(`?hostId=${world.hosts.two}`)).toBe(0)
    expect(await find('?state=destroyed')).toBe(0)
  })

  test('templates: made with a build per host; a name is taken once', async () => {
    const body = {
      name: 'trixie',
      definition: { family: 'debian', suite: 'trixie', arch: 'x86-64', init: 'sysvinit', packages: ['vim'] },
      hostIds: [world.hosts.one, world.hosts.two],
    }
    const made = await call(templates.POST, 'POST', { as: admin(), body })
    expect(made.status).toBe(202)
    expect(made.json).toMatchObject({
      template: { status: 'building' },
      operation: { type: 'template-build' },
    })
    expect(made.json.operations).toHaveLength(2)
    const again = await call(templates.POST, 'POST', { as: admin(), body: { ...body, name: 'Trixie' } })
    expect(again.json.fields).toHaveProperty('name')
    const busy = await call(template.DELETE, 'DELETE', { as: admin(), id: made.json.template.id })
    expect(busy.status).toBe(409)
    await db().operation.updateMany({
      where: { templateId: made.json.template.id },
      data: { status: 'failed' },
    })
    const removed = await call(template.DELETE, 'DELETE', { as: admin(), id: made.json.template.id })
    expect(removed).toMatchObject({ status: 204, text: '' })
  })

  test('address pools: ends are worked out and checked, overlaps refused', async () => {
    const make = (body: object) => call(pools.POST, 'POST', { as: admin(), body })
    expect((await make({ name: 'small', cidr: '192.0.2.17/29' })).json).toMatchObject({
      cidr: '192.0.2.16/29',
      first: '192.0.2.17',
      last: '192.0.2.22',
      total: 6,
      used: 0,
    })
    expect((await make({ name: 'six', cidr: '2001:db8::/64' })).json).toMatchObject({
      first: '2001:db8::1',
      last: '2001:db8::ffff:ffff:ffff:ffff',
      total: null,
    })
    const few = { name: 'few', cidr: '2001:db8:1::/64', first: '2001:db8:1::10', last: '2001:db8:1::1f' }
    expect((await make(few)).json.total).toBe(16)
    expect((await make({ name: 'pair', cidr: '192.0.2.8/31' })).json).toMatchObject({
      first: '192.0.2.8',
      total: 2,
    })
    expect((await make({ name: 'over', cidr: '192.0.2.0/24' })).json.fields).toHaveProperty('cidr')
    expect((await make({ name: 'SMALL', cidr: '198.51.100.0/24' })).json.fields).toHaveProperty('name')
    expect(
      (await make({ name: 'out', cidr: '198.51.100.0/24', first: '10.0.0.1' })).json.fields,
    ).toHaveProperty('first')
    const turned = { name: 'turned', cidr: '198.51.100.0/24', first: '198.51.100.9', last: '198.51.100.2' }
    expect((await make(turned)).json.fields).toHaveProperty('last')
    const mixed = { name: 'mixed', cidr: '198.51.100.0/24', first: '2001:db8::1' }
    expect((await make(mixed)).json.fields).toHaveProperty('first')
    expect((await make({ name: 'bad', cidr: '300.0.0.0/8' })).json.fields).toHaveProperty('cidr')
    for (const name of ['six', 'few']) await db().addressPool.delete({ where: { name } })
  })

  test('hosts: added with the credential sealed, not twice, removed only when empty', async () => {
    const body = {
      name: 'new',
      address: '203.0.113.5',
      port: 22,
      user: 'root',
      fingerprint: `SHA256:${'A'.repeat(43)}`,
      credential: { kind: 'password', password: 'open sesame' },
    }
    const made = await call(hosts.POST, 'POST', { as: admin(), body, key: 'add-host' })
    expect(made).toMatchObject({
      status: 202,
      json: { host: { status: 'enrolling' }, operation: { type: 'host-enrol' } },
    })
    expect(made.text).not.toContain('sesame')
    const rows = await db().$queryRaw<{ all: string }[]>`
      SELECT row_to_json(o)::text AS all FROM operation o UNION ALL SELECT row_to_json(k)::text FROM idempotency_key k`
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map(({ all }) => all).join()).not.toContain('sesame')
    const twice = await call(hosts.POST, 'POST', { as: admin(), body })
    expect(Object.keys(twice.json.fields).sort()).toEqual(['address', 'name'])
    const full = await call(host.DELETE, 'DELETE', { as: admin(), id: world.hosts.one })
    expect(full.json).toMatchObject({ status: 409, code: 'conflict' })
    const empty = await call(host.DELETE, 'DELETE', { as: admin(), id: world.hosts.two })
    expect(empty.json.operation).toMatchObject({ type: 'host-remove', host: { id: world.hosts.two } })
  })

  test('a host says what its VEs were promised', async () => {
    const { json } = await call(host.GET, 'GET', { as: admin(), id: world.hosts.one })
    const rows = await db().ve.findMany({ where: { hostId: world.hosts.one, destroyedAt: null } })
    expect(json.ves).toBe(rows.length)
    expect(json.memoryPromisedBytes).toBe(rows.reduce((sum, row) => sum + Number(row.memoryBytes), 0))
  })
})
