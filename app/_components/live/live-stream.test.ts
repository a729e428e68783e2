import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CorralEvent } from '@/lib/events/event.ts'
import { type LiveListener, listenLive, liveState } from './live-stream.ts'

class FakeEventSource {
  static readonly CLOSED = 2
  static made: FakeEventSource[] = []
  readyState = 0
  onopen: () => void = () => {}
  onerror: () => void = () => {}
  onmessage: (message: { data: string }) => void = () => {}
  close = vi.fn()
  constructor(readonly url: string) {
    FakeEventSource.made.push(this)
  }
}

const event: CorralEvent = { topic: 've', id: 'a', accountId: null }
const stops: (() => void)[] = []
const latest = () => FakeEventSource.made.at(-1) as FakeEventSource

function listen(listener: LiveListener) {
  const stop = listenLive(listener)
  stops.push(stop)
  return stop
}

/** Each test lives an hour after the one before: the stream remembers the last seconds. */
let time = Date.UTC(2026, 0, 1)

beforeEach(() => {
  time += 3_600_000
  vi.useFakeTimers({ now: time })
  vi.stubGlobal('EventSource', FakeEventSource)
  FakeEventSource.made = []
})
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('opens one stream for all listeners and closes it after the last', () => {
  const stops = [listen(vi.fn()), listen(vi.fn())]
  expect(FakeEventSource.made).toHaveLength(1)
  const source = latest()
  stops[0]?.()
  expect(source.close).not.toHaveBeenCalled()
  stops[1]?.()
  expect(source.close).toHaveBeenCalledOnce()
  expect(liveState()).toBe('connecting')
})

it('hands on each event, and those of the last seconds to who comes later', () => {
  const listener = vi.fn()
  listen(listener)
  latest().onopen()
  latest().onmessage({ data: JSON.stringify(event) })
  expect(listener.mock.calls).toEqual([[event]])
  expect(liveState()).toBe('live')
  const later = vi.fn()
  listen(later)
  expect(later.mock.calls).toEqual([[event]])
  vi.advanceTimersByTime(5_000)
  const tooLate = vi.fn()
  listen(tooLate)
  expect(tooLate).not.toHaveBeenCalled()
})

it('polls fast for 30 s and then slowly while the stream is down, and passes on that something was missed', () => {
  const listener = vi.fn()
  listen(listener)
  latest().onopen()
  latest().onerror()
  expect(liveState()).toBe('polling')
  vi.advanceTimersByTime(30_000)
  const fast = listener.mock.calls.length
  expect(fast).toBe(10)
  vi.advanceTimersByTime(60_000)
  expect(listener.mock.calls.length - fast).toBe(2)
  const before = listener.mock.calls.length
  latest().onopen()
  latest().onmessage({ data: 'null' })
  expect(listener.mock.calls.slice(before)).toEqual([[null]])
  vi.advanceTimersByTime(120_000)
  expect(listener.mock.calls.length).toBe(before + 1)
})

it('connects again by itself where the browser gives up', () => {
  listen(vi.fn())
  latest().readyState = FakeEventSource.CLOSED
  latest().onerror()
  vi.advanceTimersByTime(5_000)
  expect(FakeEventSource.made).toHaveLength(2)
})
