import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { findViewer } from '../auth/session.ts'
import { db } from '../db/client.ts'
import { createVe } from '../ves/create.ts'
import { veCreateInput } from '../ves/resource.ts'
import { formAction, IDEMPOTENCY_FIELD } from './action.ts'
import { formObject } from './form-object.ts'
import { makeTestWorld, type TestWorld } from './test-world.ts'

vi.mock('../auth/session.ts', () => ({ findViewer: vi.fn() }))

let world: TestWorld
const action = formAction(veCreateInput, async ({ viewer, input, tx }) => {
  const { ve, operationId } = await createVe(viewer, input, tx)
  return { veId: ve.id, operationId }
})

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())
beforeEach(() => {
  vi.mocked(findViewer).mockResolvedValue({ ...world.people.admin.viewer, via: 'session' })
})

function form(fields: Record<string, string>): FormData {
  const data = new FormData()
  const all = { hostname: 'web.example.org', templateId: world.template, ...fields }
  for (const [name, value] of Object.entries(all)) data.append(name, value)
  return data
}

test('pressing twice makes one VE, and both presses get its answer', async () => {
  const press = () => action(null, form({ name: 'pressed', [IDEMPOTENCY_FIELD]: 'abc' }))
  const [first, second] = await Promise.all([press(), press()])
  expect(first).toMatchObject({ ok: true, veId: expect.any(String) })
  expect(second).toEqual(first)
  expect(await press()).toEqual(first)
  expect(await db().ve.count({ where: { name: 'pressed' } })).toBe(1)
})

test('what is wrong comes back beside its field, and can be sent again under the same key', async () => {
  const key = { [IDEMPOTENCY_FIELD]: 'again' }
  expect(await action(null, form({ name: '', ...key }))).toEqual({
    ok: false,
    problem: { code: 'invalid-input', detail: 'Not valid: name.', fields: { name: 'Required.' } },
  })
  expect(await action(null, form({ name: 'again', ...key }))).toMatchObject({ ok: true })
})

test('without a session nothing happens', async () => {
  vi.mocked(findViewer).mockResolvedValue(null)
  expect(await action(null, form({ name: 'nobody' }))).toMatchObject({
    ok: false,
    problem: { code: 'unauthenticated' },
  })
  expect(await db().ve.count({ where: { name: 'nobody' } })).toBe(0)
})

test('what nobody expected shows a reference and nothing else', async () => {
  const broken = formAction(veCreateInput, async () => {
    throw new Error('secret of the inside')
  })
  const result = await broken(null, form({ name: 'x' }))
  expect(result).toMatchObject({
    ok: false,
    problem: { code: 'internal', detail: expect.stringMatching(/Reference: [0-9a-f-]{36}/) },
  })
  expect(JSON.stringify(result)).not.toContain('secret')
})

test('a form is read by the names of its fields', () => {
  const data = new FormData()
  for (const [name, value] of [
    ['name', 'web'],
    ['limits.memoryBytes', '5'],
    ['sshKeys[]', 'a'],
    ['sshKeys[]', 'b'],
    ['empty', ''],
    ['$ACTION_1', 'x'],
    [IDEMPOTENCY_FIELD, 'k'],
    ['__proto__.polluted', 'x'],
  ] as const)
    data.append(name, value)
  expect(formObject(data)).toEqual({ name: 'web', limits: { memoryBytes: '5' }, sshKeys: ['a', 'b'] })
  expect({}).not.toHaveProperty('polluted')
})
