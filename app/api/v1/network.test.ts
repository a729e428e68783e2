import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '@/lib/db/client.ts'
import { makeTestWorld, type Person, type TestWorld } from '@/lib/http/test-world.ts'
import * as history from './address-history/route.ts'
import * as firewallSet from './firewall-sets/[id]/route.ts'
import * as firewallSets from './firewall-sets/route.ts'
import * as group from './host-groups/[id]/route.ts'
import * as groups from './host-groups/route.ts'
import * as poolHistory from './ip-pools/[id]/history/route.ts'
import * as pool from './ip-pools/[id]/route.ts'
import * as pools from './ip-pools/route.ts'
import * as veHistory from './ves/[id]/addresses/route.ts'
import * as firewall from './ves/[id]/firewall/route.ts'
import * as veInterface from './ves/[id]/interfaces/[interface]/route.ts'
import * as interfaces from './ves/[id]/interfaces/route.ts'
import * as ves from './ves/route.ts'

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string> | undefined> },
) => Response | Promise<Response>
type Call = { as?: Person; body?: unknown; key?: string; query?: string; params?: Record<string, string> }

let world: TestWorld
let count = 0
const NOBODY = '00000000-0000-4000-8000-000000000000'

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function call(handler: Handler, method: string, { as, body, key, query = '', params = {} }: Call = {}) {
  const person = as ?? world.people.admin
  const path = Object.values(params).join('/')
  const request = new Request(`http://panel.test/api/v1/x/${path}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${person.token}`,
      'content-type': 'application/json',
      ...(key ? { 'idempotency-key': key } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const response = await handler(request, { params: Promise.resolve(params) })
  const text = await response.text()
  return { status: response.status, json: text ? JSON.parse(text) : null, headers: response.headers }
}

/** A VE that was created and stopped since. */
async function makeVe(as: Person = world.people.admin): Promise<{ id: string; address: string }> {
  count += 1
  const body = { name: `api-${count}`, hostname: 'api.example.org', templateId: world.template }
  const { json } = await call(ves.POST, 'POST', { as, body })
  await db().operation.update({ where: { id: json.operation.id }, data: { status: 'succeeded' } })
  await db().ve.update({ where: { id: json.ve.id }, data: { state: 'stopped' } })
  return { id: json.ve.id, address: json.ve.addresses[0] }
}

test('address pools: made, read, changed, removed', async () => {
  const body = { name: 'lan', kind: 'bridged', bridge: 'br0', cidr: '192.0.2.0/24', gateway: '192.0.2.1' }
  const made = await call(pools.POST, 'POST', { body })
  expect(made).toMatchObject({ status: 201, json: { kind: 'bridged', first: '192.0.2.2', hosts: [] } })
  const params = { id: made.json.id }
  expect(await call(pool.GET, 'GET', { params })).toMatchObject({ status: 200, json: made.json })
  const changed = await call(pool.PATCH, 'PATCH', { params, body: { hostIds: [world.hosts.one] } })
  expect(changed).toMatchObject({ status: 200, json: { hosts: [{ name: 'node1' }] } })
  const overlap = await call(pools.POST, 'POST', { body: { name: 'over', cidr: '192.0.2.128/25' } })
  expect(overlap).toMatchObject({
    status: 409,
    json: { code: 'pool-overlap', fields: { cidr: expect.any(String) } },
  })
  const wrong = await call(pools.POST, 'POST', { body: { ...body, name: 'x', bridge: undefined } })
  expect(wrong).toMatchObject({ status: 422, json: { fields: { bridge: expect.any(String) } } })
  expect(await call(pool.DELETE, 'DELETE', { params })).toMatchObject({ status: 204, json: null })
  expect(await call(pool.GET, 'GET', { params })).toMatchObject({ status: 404 })
  expect(await call(pool.GET, 'GET', { params: { id: 'x' } })).toMatchObject({ status: 404 })
  const held = await makeVe()
  expect(held.address).toBeTruthy()
  expect(await call(pool.DELETE, 'DELETE', { params: { id: world.pool } })).toMatchObject({ status: 409 })
})

test('groups of hosts: made, read, changed, removed', async () => {
  const made = await call(groups.POST, 'POST', {
    body: { name: 'rack', hostIds: [world.hosts.one] },
    key: 'rack',
  })
  expect(made).toMatchObject({ status: 201, json: { hosts: [{ name: 'node1' }], pools: [] } })
  const again = await call(groups.POST, 'POST', {
    body: { name: 'rack', hostIds: [world.hosts.one] },
    key: 'rack',
  })
  expect(again.json).toEqual(made.json)
  const params = { id: made.json.id }
  expect((await call(group.GET, 'GET', { params })).json).toEqual(made.json)
  expect((await call(group.PATCH, 'PATCH', { params, body: { hostIds: [] } })).json.hosts).toEqual([])
  expect((await call(groups.GET, 'GET')).json.items).toHaveLength(1)
  expect(await call(groups.GET, 'GET', { as: world.people.customer })).toMatchObject({ status: 403 })
  expect(await call(group.DELETE, 'DELETE', { params })).toMatchObject({ status: 204 })
})

describe('interfaces of a VE', () => {
  test('are added, changed and taken away by operations', async () => {
    const { id, address } = await makeVe()
    const listed = await call(interfaces.GET, 'GET', { params: { id } })
    expect(listed.json.items).toMatchObject([{ ifname: 'eth0', addresses: [{ address }] }])
    const body = { kind: 'routed', addresses: [] }
    const added = await call(interfaces.POST, 'POST', { params: { id }, body, key: 'add' })
    expect(added).toMatchObject({
      status: 202,
      json: {
        interface: { ifname: 'eth1', pending: true },
        operation: { type: 've-configure', status: 'queued' },
      },
    })
    expect(added.headers.get('location')).toBe(`/api/v1/operations/${added.json.operation.id}`)
    const again = await call(interfaces.POST, 'POST', { params: { id }, body, key: 'add' })
    expect(again.json).toEqual(added.json)
    const params = { id, interface: listed.json.items[0].id }
    const changed = await call(veInterface.PATCH, 'PATCH', { params, body: { addresses: ['10.9.0.200'] } })
    expect(changed).toMatchObject({
      status: 202,
      json: { interface: { addresses: [{ address }, { pending: true }] } },
    })
    expect(await call(veInterface.DELETE, 'DELETE', { params })).toMatchObject({
      status: 202,
      json: { operation: { type: 've-configure' } },
    })
    const nothing = { id, interface: NOBODY }
    expect(await call(veInterface.DELETE, 'DELETE', { params: nothing })).toMatchObject({ status: 404 })
  })

  test('wrong input names its field', async () => {
    const { id } = await makeVe()
    const add = (body: object) => call(interfaces.POST, 'POST', { params: { id }, body })
    expect(await add({ kind: 'routed', ifname: 'Eth 0' })).toMatchObject({
      status: 422,
      json: { fields: { ifname: expect.any(String) } },
    })
    expect(await add({ kind: 'bridged' })).toMatchObject({ status: 409, json: { code: 'no-free-address' } })
    expect(await add({})).toMatchObject({ status: 422, json: { fields: { kind: expect.any(String) } } })
  })
})

test('the firewall of a VE is set as a whole', async () => {
  const { id } = await makeVe()
  const params = { id }
  const rule = { direction: 'in', action: 'accept', protocol: 'tcp', peers: [], ports: ['22'], comment: '' }
  const set = await call(firewallSets.POST, 'POST', { body: { name: 'ssh', rules: [rule] } })
  expect(set).toMatchObject({ status: 201, json: { rules: [rule], ves: 0 } })
  const entries = [{ rule }, { setId: set.json.id }]
  const settings = { enabled: true, policyIn: 'drop', policyOut: 'accept', entries }
  expect((await call(firewall.GET, 'GET', { params })).json).toMatchObject({ enabled: false, entries: [] })
  expect(await call(firewall.PUT, 'PUT', { params, body: settings })).toMatchObject({
    status: 202,
    json: { operation: { type: 've-configure' } },
  })
  const bad = { ...settings, entries: [...entries, { rule: { ...rule, ports: ['70000'] } }] }
  expect(await call(firewall.PUT, 'PUT', { params, body: bad })).toMatchObject({
    status: 422,
    json: { fields: { 'entries.2.rule.ports.0': 'Ports go from 1 to 65535, the lower one first.' } },
  })
  const one = { id: set.json.id }
  const changed = await call(firewallSet.PATCH, 'PATCH', { params: one, body: { rules: [rule, rule] } })
  expect(changed).toMatchObject({
    status: 200,
    json: { firewallSet: { rules: [rule, rule] }, operationIds: [expect.any(String)] },
  })
  expect(await call(firewallSet.DELETE, 'DELETE', { params: one })).toMatchObject({ status: 409 })
  await db().operation.updateMany({ where: { veId: id }, data: { status: 'failed' } })
  expect(await call(firewallSet.DELETE, 'DELETE', { params: one })).toMatchObject({ status: 204 })
  expect(await call(firewallSet.GET, 'GET', { params: one })).toMatchObject({ status: 404 })
  expect((await call(firewallSets.GET, 'GET')).json.items).toEqual([])
})

test('who had an address: by pool, by address and moment, by VE', async () => {
  const { id, address } = await makeVe()
  const ofPool = await call(poolHistory.GET, 'GET', { params: { id: world.pool }, query: '?limit=1' })
  expect(ofPool.json).toMatchObject({
    items: [{ address, ve: { id }, until: null }],
    next: expect.any(String),
  })
  const now = new Date(Date.now() + 60_000).toISOString()
  const query = `?address=${address}&at=${now}`
  expect((await call(history.GET, 'GET', { query })).json.items).toMatchObject([{ ve: { id } }])
  expect(
    (await call(history.GET, 'GET', { query: `?address=${address}&at=2020-01-01T00:00:00Z` })).json.items,
  ).toEqual([])
  expect((await call(veHistory.GET, 'GET', { params: { id } })).json.items).toMatchObject([{ address }])
  expect(await call(history.GET, 'GET', { query: '?address=web' })).toMatchObject({ status: 422 })
})

test('another’s VE is not there: the same answer as for none', async () => {
  const { id } = await makeVe(world.people.customer)
  const as = world.people.stranger
  const rule = { enabled: false, policyIn: 'drop', policyOut: 'drop', entries: [] }
  const attempts: [Handler, string, unknown][] = [
    [interfaces.GET, 'GET', undefined],
    [interfaces.POST, 'POST', { kind: 'routed' }],
    [veInterface.PATCH, 'PATCH', {}],
    [veInterface.DELETE, 'DELETE', undefined],
    [firewall.GET, 'GET', undefined],
    [firewall.PUT, 'PUT', rule],
    [veHistory.GET, 'GET', undefined],
  ]
  for (const [handler, method, body] of attempts) {
    const one = await call(handler, method, { as, body, params: { id, interface: NOBODY } })
    const none = await call(handler, method, { as, body, params: { id: NOBODY, interface: NOBODY } })
    expect(one.status).toBe(404)
    expect(one.json).toEqual(none.json)
  }
})
