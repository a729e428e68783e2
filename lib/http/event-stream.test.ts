import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { db } from '../db/client.ts'
import { emitEvent } from '../events/emit.ts'
import type { CorralEvent } from '../events/event.ts'
import { eventStream, type StreamTimes } from './event-stream.ts'
import { makeTestWorld, type Person, type TestWorld } from './test-world.ts'

let world: TestWorld

beforeAll(async () => {
  world = await makeTestWorld()
})
afterAll(() => world.close())

async function open(person: Person, times?: StreamTimes) {
  const abort = new AbortController()
  const headers = { authorization: `Bearer ${person.token}` }
  const request = new Request('http://panel.test/api/events', { headers, signal: abort.signal })
  const response = await eventStream(request, times)
  /** What came after the first word, which is always that anything may have changed. */
  const heard: unknown[] = []
  let text = ''
  let ended = false
  const reading = (async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString()
      const [first, ...rest] = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''))
      if (first) throw new Error(`the stream began with ${JSON.stringify(first)}`)
      heard.splice(0, heard.length, ...rest)
    }
    ended = true
  })().catch(() => {})
  await vi.waitFor(() => expect(text).toContain('data: null'))
  expect(await listeners()).toBe(1)
  const close = async () => {
    abort.abort()
    await reading
  }
  return { response, heard, close, text: () => text, ended: () => ended }
}

async function listeners(): Promise<number> {
  const rows = await db().$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE application_name = 'corral-events' AND datname = current_database() AND query LIKE 'LISTEN%'`
  return rows.length
}

const event = (person: Person, id: string): CorralEvent => ({ topic: 've', id, accountId: person.accountId })

test('everyone hears of what is theirs, over one connection, until they go', async () => {
  const admin = await open(world.people.admin)
  const stranger = await open(world.people.stranger)
  expect(admin.response.headers.get('content-type')).toContain('text/event-stream')
  expect(admin.response.headers.get('cache-control')).toContain('no-transform')
  await emitEvent(db(), event(world.people.customer, 'customers'))
  await emitEvent(db(), event(world.people.stranger, 'strangers'))
  await emitEvent(db(), { topic: 'setup', id: null, accountId: null })
  const ids = (stream: typeof admin) => stream.heard.map((heard) => (heard as CorralEvent).id)
  await vi.waitFor(() => expect(ids(admin)).toEqual(['customers', 'strangers', null]))
  await vi.waitFor(() => expect(ids(stranger)).toEqual(['strangers', null]))
  expect(await listeners()).toBe(1)
  await admin.close()
  await stranger.close()
  await vi.waitFor(async () => expect(await listeners()).toBe(0))
})

test('what does not commit is not heard', async () => {
  const admin = await open(world.people.admin)
  await db()
    .$transaction(async (tx) => {
      await emitEvent(tx, event(world.people.admin, 'never'))
      throw new Error('rolled back')
    })
    .catch(() => {})
  await emitEvent(db(), event(world.people.admin, 'afterwards'))
  await vi.waitFor(() => expect(admin.heard).toHaveLength(1))
  expect(admin.heard).toEqual([event(world.people.admin, 'afterwards')])
  await admin.close()
})

test('a connection that breaks is opened again, and listeners are told to read anew', async () => {
  const admin = await open(world.people.admin)
  const killer = new pg.Client({ connectionString: world.url })
  await killer.connect()
  await killer.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'corral-events' AND datname = current_database()`,
  )
  await killer.end()
  await vi.waitFor(() => expect(admin.heard).toEqual([null]), { timeout: 5000 })
  await emitEvent(db(), event(world.people.admin, 'back'))
  await vi.waitFor(() => expect(admin.heard.at(-1)).toMatchObject({ id: 'back' }))
  await admin.close()
})

test('the stream beats, and ends when the key is revoked', async () => {
  const { stranger } = world.people
  const stream = await open(stranger, { heartbeatMs: 10, recheckMs: 20 })
  await vi.waitFor(() => expect(stream.text()).toContain(': beat'))
  expect(stream.ended()).toBe(false)
  await db().apiKey.updateMany({ where: { userId: stranger.userId }, data: { revokedAt: new Date() } })
  await vi.waitFor(() => expect(stream.ended()).toBe(true))
  await vi.waitFor(async () => expect(await listeners()).toBe(0))
})

test('nobody gets no stream', async () => {
  await expect(eventStream(new Request('http://panel.test/api/events'))).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})
