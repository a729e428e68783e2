import { afterAll, beforeAll, expect, test } from 'vitest'
import * as signInRoute from '@/app/api/auth/[...all]/route.ts'
import { db } from '../db/client.ts'
import { requestViewer } from '../http/request-viewer.ts'
import { makeTestWorld, PANEL_URL, type TestWorld } from '../http/test-world.ts'
import { viewerOfToken } from './api-key.ts'
import { ensureFirstAdmin } from './first-admin.ts'
import { viewerOfSession } from './session-viewer.ts'

const EMAIL = 'first@example.org'
const PASSWORD = 'a long enough password'
let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
  await db().user.deleteMany()
})
afterAll(() => world.close())

function post(path: string, body: object, headers: Record<string, string> = {}) {
  const url = `${PANEL_URL}/api/auth${path}`
  const all = { 'content-type': 'application/json', origin: PANEL_URL, host: 'panel.test', ...headers }
  return signInRoute.POST(new Request(url, { method: 'POST', headers: all, body: JSON.stringify(body) }))
}

async function signIn(password = PASSWORD, headers: Record<string, string> = {}) {
  const response = await post('/sign-in/email', { email: EMAIL, password }, headers)
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  return { status: response.status, cookie, setCookie: response.headers.getSetCookie().join('\n') }
}

test('the first admin is made once, also by two at a time, and an interrupted run is simply repeated', async () => {
  const input = { email: EMAIL, password: PASSWORD }
  const both = await Promise.all([ensureFirstAdmin(input), ensureFirstAdmin(input)])
  expect(both.map(({ created }) => created).sort()).toEqual([false, true])
  expect(await db().user.count()).toBe(1)
  const again = await ensureFirstAdmin(input)
  expect(again).toMatchObject({ email: EMAIL, password: PASSWORD, created: false })
  const viewer = await viewerOfToken(again.apiToken ?? '')
  expect(viewer).toMatchObject({
    email: EMAIL,
    via: 'api-key',
    memberships: [{ accountKind: 'provider', role: 'admin' }],
  })
  expect(await ensureFirstAdmin({ ...input, apiToken: again.apiToken ?? '' })).toEqual(again)
  expect(await ensureFirstAdmin({ ...input, password: 'not that one' })).toMatchObject({
    password: null,
    apiToken: null,
  })
  expect(await ensureFirstAdmin({ email: 'other@example.org' })).toMatchObject({
    created: false,
    apiToken: null,
  })
})

test('signing in gives a session that pages and the API know', async () => {
  expect((await signIn('wrong password')).status).toBe(401)
  const { status, cookie, setCookie } = await signIn()
  expect(status).toBe(200)
  expect(setCookie).toMatch(/HttpOnly/i)
  expect(setCookie).toMatch(/SameSite=Lax/i)
  const viewer = await viewerOfSession(new Headers({ cookie }))
  expect(viewer).toMatchObject({ email: EMAIL, via: 'session', sessionId: expect.any(String) })
  const onRecord = await db().auditEvent.findMany({ where: { action: 'sign-in' } })
  expect(onRecord).toMatchObject([{ actorId: viewer?.userId, subject: viewer?.name }])
  await db().session.deleteMany()
  expect(await viewerOfSession(new Headers({ cookie }))).toBeNull()
})

test('a session changes things only from our own pages', async () => {
  const { cookie } = await signIn()
  const ask = (method: string, headers: Record<string, string>) =>
    requestViewer(new Request(`${PANEL_URL}/api/v1/ves`, { method, headers: { cookie, ...headers } }))
  await expect(ask('GET', {})).resolves.toMatchObject({ via: 'session' })
  await expect(ask('POST', { origin: PANEL_URL })).resolves.toMatchObject({ via: 'session' })
  await expect(ask('POST', { origin: PANEL_URL, 'sec-fetch-site': 'same-origin' })).resolves.toBeTruthy()
  for (const headers of [
    {},
    { origin: 'http://evil.test' },
    { origin: 'null' },
    { origin: PANEL_URL, 'sec-fetch-site': 'same-site' },
  ])
    await expect(ask('POST', headers as Record<string, string>)).rejects.toMatchObject({ code: 'forbidden' })
})

test('signing in from another site is refused, and so is signing up', async () => {
  const { cookie } = await signIn()
  expect((await signIn(PASSWORD, { origin: 'http://evil.test', cookie })).status).toBe(403)
  const signUp = await post('/sign-up/email', { email: 'x@example.org', password: PASSWORD, name: 'X' })
  expect(signUp.status).toBe(400)
  expect(await db().user.count()).toBe(1)
})

test('guessing is slowed down', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 12; i += 1)
    statuses.push((await signIn('guess', { 'x-forwarded-for': '198.51.100.7' })).status)
  expect(statuses.at(0)).toBe(401)
  expect(statuses.at(-1)).toBe(429)
})

test('an API key is noted as used at most once a minute, and ends when it expires', async () => {
  const { apiToken } = await ensureFirstAdmin({ email: EMAIL, password: PASSWORD })
  const token = apiToken ?? ''
  const at = (seconds: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds))
  const used = async () => (await db().apiKey.findFirstOrThrow({ where: { revokedAt: null } })).lastUsedAt
  await viewerOfToken(token, at(0))
  await viewerOfToken(token, at(59))
  expect(await used()).toEqual(at(0))
  await viewerOfToken(token, at(60))
  expect(await used()).toEqual(at(60))
  await db().apiKey.updateMany({ data: { expiresAt: at(100) } })
  expect(await viewerOfToken(token, at(99))).not.toBeNull()
  expect(await viewerOfToken(token, at(100))).toBeNull()
  expect(await db().apiKey.count({ where: { digest: { contains: token } } })).toBe(0)
})
