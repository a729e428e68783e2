/** One LISTEN connection for the whole process, shared by every event stream. */
import pg from 'pg'
import { databaseUrl } from '../db/client.ts'
import { type CorralEvent, corralEvent, EVENT_CHANNEL } from './event.ts'

/** Null: events may have been missed; whoever shows something reads it again. */
export type EventSubscriber = (event: CorralEvent | null) => void

const RECONNECT_MS = [100, 500, 1000, 2000, 5000] as const

const subscribers = new Set<EventSubscriber>()
let connection: Promise<pg.Client> | undefined
let reconnectTimer: ReturnType<typeof setTimeout> | undefined
let failures = 0

/**
 * Calls `subscriber` for each event that any process emits, from when the promise settles until the returned function is
 * called. The connection is opened for the first subscriber, opened again when it breaks, and closed after the last.
 */
export async function subscribe(subscriber: EventSubscriber): Promise<() => void> {
  subscribers.add(subscriber)
  await connect().catch(retryLater)
  return () => {
    subscribers.delete(subscriber)
    if (subscribers.size === 0) disconnect()
  }
}

function connect(): Promise<pg.Client> {
  connection ??= open()
  return connection
}

async function open(): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl(),
    application_name: 'corral-events',
    keepAlive: true,
  })
  client.on('notification', ({ payload }) => hear(payload))
  client.on('error', () => {}) // 'end' follows
  client.once('end', () => ended(client))
  try {
    await client.connect()
    await client.query(`LISTEN ${EVENT_CHANNEL}`)
  } catch (error) {
    void client.end().catch(() => {})
    throw error
  }
  failures = 0
  current = client
  return client
}

/** The connection that is in use: another one's end is not our concern. */
let current: pg.Client | undefined

function ended(client: pg.Client): void {
  if (client === current) retryLater()
}

function retryLater(): void {
  connection = undefined
  current = undefined
  clearTimeout(reconnectTimer)
  if (subscribers.size === 0) return
  const wait = RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)]
  failures += 1
  reconnectTimer = setTimeout(() => void reconnect(), wait)
}

async function reconnect(): Promise<void> {
  try {
    await connect()
    tell(null)
  } catch {
    retryLater()
  }
}

function hear(payload: string | undefined): void {
  const event = corralEvent.safeParse(parse(payload ?? ''))
  if (event.success) tell(event.data)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function tell(event: CorralEvent | null): void {
  for (const subscriber of subscribers) subscriber(event)
}

function disconnect(): void {
  clearTimeout(reconnectTimer)
  const closing = connection
  connection = undefined
  current = undefined
  void closing?.then((client) => client.end()).catch(() => {})
}
