/**
 * The one stream of events of this browser tab.
 *
 *   closed ──first watcher──▶ connecting ──open──▶ live ──error──▶ polling ──open──▶ live
 *
 * live: watchers hear every event. polling: the stream is down, watchers are told "anything may have changed" every
 * 3 s for 30 s, then every 30 s. Each stream begins with the server's word that anything may have changed. A watcher
 * that comes later hears the events of the last seconds again: its page was rendered before it could listen.
 */
import type { CorralEvent } from '@/lib/events/event.ts'
import { eventsUrl } from './urls.ts'

export type LiveState = 'connecting' | 'live' | 'polling'
/** Null: anything may have changed. */
export type LiveListener = (event: CorralEvent | null) => void

const FAST_POLL_MS = 3_000
const FAST_POLL_FOR_MS = 30_000
const SLOW_POLL_MS = 30_000
const RECONNECT_MS = 5_000
/** Between the server's reading for a page and that page's watcher lies less than this. */
const RECENT_MS = 3_000

const listeners = new Set<LiveListener>()
const stateWatchers = new Set<() => void>()
let recent: { event: CorralEvent; at: number }[] = []
let source: EventSource | null = null
let state: LiveState = 'connecting'
let downSince = 0
let pollTimer: ReturnType<typeof setTimeout> | undefined
let reconnectTimer: ReturnType<typeof setTimeout> | undefined

export const liveState = (): LiveState => state

export function watchLiveState(changed: () => void): () => void {
  stateWatchers.add(changed)
  return () => void stateWatchers.delete(changed)
}

export function listenLive(listener: LiveListener): () => void {
  listeners.add(listener)
  if (!source) connect()
  forgetOld()
  for (const { event } of recent) listener(event)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) close()
  }
}

function forgetOld(): void {
  const since = Date.now() - RECENT_MS
  recent = recent.filter(({ at }) => at >= since)
}

function hear(event: CorralEvent | null): void {
  forgetOld()
  if (event) recent.push({ event, at: Date.now() })
  tell(event)
}

function tell(event: CorralEvent | null): void {
  for (const listener of listeners) listener(event)
}

function enter(next: LiveState): void {
  if (state === next) return
  state = next
  for (const changed of stateWatchers) changed()
}

function connect(): void {
  source = new EventSource(eventsUrl)
  source.onopen = opened
  source.onerror = dropped
  source.onmessage = (message: MessageEvent<string>) => hear(JSON.parse(message.data) as CorralEvent | null)
}

function opened(): void {
  clearTimeout(pollTimer)
  enter('live')
}

function dropped(): void {
  if (state !== 'polling') {
    downSince = Date.now()
    enter('polling')
    poll()
  }
  // The browser reconnects by itself after a broken connection, but gives up after an HTTP error.
  if (source?.readyState !== EventSource.CLOSED) return
  clearTimeout(reconnectTimer)
  reconnectTimer = setTimeout(connect, RECONNECT_MS)
}

function poll(): void {
  const wait = Date.now() - downSince < FAST_POLL_FOR_MS ? FAST_POLL_MS : SLOW_POLL_MS
  pollTimer = setTimeout(() => {
    tell(null)
    poll()
  }, wait)
}

function close(): void {
  clearTimeout(pollTimer)
  clearTimeout(reconnectTimer)
  source?.close()
  source = null
  enter('connecting')
}
