import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ACK_EVERY_BYTES, INPUT_PIECE_BYTES } from '@/lib/terminals/limits.ts'
import type { FromPanel } from '@/lib/terminals/protocol.ts'
import { type LinkState, TerminalLink } from './terminal-link.ts'

const SIZE = { columns: 80, rows: 24 }

class FakeSocket {
  static readonly OPEN = 1
  static made: FakeSocket[] = []
  readyState = 1
  sent: (string | Uint8Array)[] = []
  onopen: () => void = () => {}
  onclose: () => void = () => {}
  onmessage: (message: { data: string | ArrayBuffer }) => void = () => {}
  constructor(readonly url: string) {
    FakeSocket.made.push(this)
  }
  send(data: string | Uint8Array) {
    this.sent.push(data)
  }
  close = vi.fn()
  say(message: FromPanel) {
    this.onmessage({ data: JSON.stringify(message) })
  }
  get messages() {
    return this.sent.filter((each) => typeof each === 'string').map((each) => JSON.parse(each))
  }
}

type Asked = { resume?: string }
let asked: Asked[]
let answers: (() => Response | Promise<Response>)[]
const links: TerminalLink[] = []
const latest = () => FakeSocket.made.at(-1) as FakeSocket
const settle = () => vi.advanceTimersByTimeAsync(0)

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  answers = []
  FakeSocket.made = []
  vi.stubGlobal('WebSocket', FakeSocket)
  vi.stubGlobal('window', { addEventListener: () => {}, removeEventListener: () => {} })
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    asked.push(JSON.parse(body))
    const answer = answers.shift()
    return answer
      ? answer()
      : Response.json({ url: '/api/terminals', ticket: `t${asked.length}` }, { status: 201 })
  })
})
afterEach(() => {
  for (const link of links.splice(0)) link.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function makeLink(terminalId: string | null = null) {
  const states: LinkState[] = []
  const events = {
    onState: (state: LinkState) => void states.push(state),
    onOutput: vi.fn((_bytes: Uint8Array, done: () => void) => done()),
    onFresh: vi.fn(),
    onLost: vi.fn(),
    onWarning: vi.fn(),
    remember: vi.fn(),
  }
  const link = new TerminalLink({ veId: 've', kind: 'console', terminalId, events })
  links.push(link)
  link.start(SIZE)
  return { link, events, state: () => states.at(-1) }
}

async function opened(terminalId = 'a') {
  const made = makeLink()
  await settle()
  latest().onopen()
  latest().say({ type: 'opened', terminalId, from: 0, lost: 0 })
  return made
}

it('sends the ticket in the first message and never in the address', async () => {
  const { state, events } = await opened()
  expect(latest().url).toBe('/api/terminals')
  expect(latest().messages[0]).toEqual({ type: 'open', ticket: 't1', ...SIZE, received: 0 })
  expect(state()).toEqual({ at: 'open' })
  expect(events.onFresh).not.toHaveBeenCalled()
  expect(events.remember).toHaveBeenCalledWith('a')
})

it('comes back to the same shell with what it has had, by itself', async () => {
  const { state, events } = await opened()
  latest().onmessage({ data: new Uint8Array(7).buffer })
  latest().onclose()
  expect(state()).toEqual({ at: 'away', why: null })
  await vi.advanceTimersByTimeAsync(300)
  expect(asked.at(-1)).toEqual({ kind: 'console', resume: 'a' })
  latest().onopen()
  expect(latest().messages[0]).toMatchObject({ ticket: 't2', received: 7 })
  latest().say({ type: 'opened', terminalId: 'a', from: 9, lost: 2 })
  expect(events.onLost).toHaveBeenCalledWith(2)
  expect(events.onFresh).not.toHaveBeenCalled()
})

it('says when the shell is another one', async () => {
  const { events } = await opened()
  latest().say({ type: 'end', reason: 'worker-changed' })
  await vi.advanceTimersByTimeAsync(300)
  expect(asked.at(-1)).toEqual({ kind: 'console' })
  latest().onopen()
  expect(latest().messages[0]).toMatchObject({ received: 0 })
  latest().say({ type: 'opened', terminalId: 'b', from: 0, lost: 0 })
  expect(events.onFresh).toHaveBeenCalledOnce()
})

it('waits for somebody when the end is one, and begins anew then', async () => {
  const { state, link } = await opened()
  latest().say({ type: 'end', reason: 'exited' })
  latest().onclose()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(state()).toEqual({ at: 'ended', reason: 'exited', problem: null })
  expect(asked).toHaveLength(1)
  link.reconnect()
  await settle()
  expect(asked.at(-1)).toEqual({ kind: 'console' })
})

it('shows why no ticket is given, but tries again what may pass', async () => {
  const problem = { code: 've-not-running', detail: 'web1 is stopped.' }
  answers.push(
    () => Promise.reject(new TypeError('offline')),
    () => Response.json({}, { status: 502 }),
    () => Response.json(problem, { status: 409 }),
  )
  const { state } = makeLink()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toHaveLength(3)
  expect(state()).toMatchObject({ at: 'ended', reason: 'refused', problem })
})

it('gives up after two minutes', async () => {
  answers.push(...Array.from({ length: 100 }, () => () => Promise.reject(new TypeError('offline'))))
  const { state } = makeLink()
  await vi.advanceTimersByTimeAsync(180_000)
  expect(state()).toMatchObject({ at: 'ended', reason: 'worker-away' })
})

it('takes silence for a cut', async () => {
  const { state } = await opened()
  await vi.advanceTimersByTimeAsync(10_000)
  latest().say({ type: 'pong' })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(state()).toEqual({ at: 'open' })
  await vi.advanceTimersByTimeAsync(9_000)
  expect(state()).toMatchObject({ at: 'away' })
})

it('acknowledges what was shown, not what arrived; and cuts what is pasted into pieces', async () => {
  const { events, link } = await opened()
  const shown: (() => void)[] = []
  events.onOutput.mockImplementation((_bytes, done) => void shown.push(done))
  latest().onmessage({ data: new Uint8Array(ACK_EVERY_BYTES).buffer })
  expect(latest().messages.some(({ type }) => type === 'ack')).toBe(false)
  shown[0]?.()
  expect(latest().messages.at(-1)).toEqual({ type: 'ack', received: ACK_EVERY_BYTES })
  link.send('x'.repeat(INPUT_PIECE_BYTES * 2 + 1))
  const pieces = latest().sent.filter((each) => typeof each !== 'string')
  expect(pieces.map(({ length }) => length)).toEqual([INPUT_PIECE_BYTES, INPUT_PIECE_BYTES, 1])
})
