/**
 * A browser's link to one terminal: gets tickets, keeps the WebSocket, and comes back after a cut.
 *
 *   opening ──▶ open ──cut──▶ away ──▶ opening …      (the same shell, with what was missed)
 *      └──────────┴── end ──▶ ended, or away when it opens again by itself (another shell)
 */
import type { TerminalKind } from '@/lib/contract/agent-protocol.ts'
import type { ProblemJson } from '@/lib/contract/problem.ts'
import { TERMINAL_END } from '@/lib/terminals/ends.ts'
import { ACK_EVERY_BYTES, INPUT_PIECE_BYTES } from '@/lib/terminals/limits.ts'
import type {
  FromBrowser,
  FromPanel,
  OpenMessage,
  TerminalEnd,
  TerminalSize,
} from '@/lib/terminals/protocol.ts'
import type { TerminalInput, TerminalTicket } from '@/lib/terminals/resource.ts'

export type LinkState =
  | { at: 'opening' }
  | { at: 'open' }
  /** Tried again by itself; `why` when the panel said so. */
  | { at: 'away'; why: TerminalEnd | null }
  | { at: 'ended'; reason: TerminalEnd; problem: ProblemJson | null }

type Events = {
  onState(state: LinkState): void
  /** Calls `done` when it has been shown: only then is more asked for. */
  onOutput(bytes: Uint8Array, done: () => void): void
  /** Another shell than before: nothing of what was shown holds any more. */
  onFresh(): void
  onLost(bytes: number): void
  /** It ends in so many seconds; null: it does not any more. */
  onWarning(seconds: number | null): void
  /** Where the id of the terminal is kept, so that a page that is loaded again finds it. */
  remember(id: string | null): void
}

const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000] as const
/** After this long without success it waits for somebody to ask. */
const TRY_FOR_MS = 120_000
const PING_EVERY_MS = 10_000
/** Less than until the next ping, which would begin the waiting anew. */
const PONG_WITHIN_MS = 8_000

/** What a server answers that gives no ticket: whether it may be better soon. */
const PASSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

export class TerminalLink {
  readonly #veId: string
  readonly #kind: TerminalKind
  readonly #events: Events
  #size: TerminalSize = { columns: 80, rows: 24 }
  #socket: WebSocket | null = null
  #terminalId: string | null
  /** There was a shell on this page before. */
  #had = false
  #received = 0
  #shown = 0
  #acknowledged = 0
  #fails = 0
  #awaySince = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #ping: ReturnType<typeof setInterval> | undefined
  #pong: ReturnType<typeof setTimeout> | undefined
  /** Raised with each try: what an older one still brings is not heard. */
  #try = 0
  #state: LinkState = { at: 'opening' }

  constructor(options: { veId: string; kind: TerminalKind; terminalId: string | null; events: Events }) {
    this.#veId = options.veId
    this.#kind = options.kind
    this.#terminalId = options.terminalId
    this.#events = options.events
  }

  start(size: TerminalSize): void {
    this.#size = size
    window.addEventListener('online', this.#online)
    this.reconnect()
  }

  /** Leaves without ending the shell: it waits for this browser for a while. */
  stop(): void {
    window.removeEventListener('online', this.#online)
    this.#forgetSocket()
    clearTimeout(this.#retry)
    this.#try += 1
  }

  /** Now, and as if for the first time. */
  reconnect(): void {
    this.#fails = 0
    this.#awaySince = Date.now()
    this.#enter({ at: 'opening' })
    void this.#open()
  }

  send(text: string | Uint8Array): void {
    if (this.#state.at !== 'open') return
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
    this.#events.onWarning(null)
    for (let at = 0; at < bytes.length; at += INPUT_PIECE_BYTES)
      this.#socket?.send(bytes.slice(at, at + INPUT_PIECE_BYTES))
  }

  resize(size: TerminalSize): void {
    this.#size = size
    if (this.#state.at === 'open') this.#say({ type: 'resize', ...size })
  }

  stay(): void {
    this.#events.onWarning(null)
    this.#say({ type: 'stay' })
  }

  /** Ends the shell. */
  end(): void {
    this.#say({ type: 'close' })
  }

  readonly #online = () => {
    if (this.#state.at === 'away') void this.#open()
  }

  async #open(): Promise<void> {
    this.#forgetSocket()
    clearTimeout(this.#retry)
    this.#try += 1
    const mine = this.#try
    const ticket = await this.#ticket()
    if (mine !== this.#try) return
    if ('wait' in ticket) return this.#away(null)
    if ('problem' in ticket) return this.#ended('refused', ticket.problem)
    this.#connect(ticket, mine)
  }

  async #ticket(): Promise<TerminalTicket | { wait: true } | { problem: ProblemJson }> {
    const input: TerminalInput = {
      kind: this.#kind,
      ...(this.#terminalId ? { resume: this.#terminalId } : {}),
    }
    try {
      const response = await fetch(`/api/v1/ves/${encodeURIComponent(this.#veId)}/console`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      })
      const body: unknown = await response.json()
      if (response.ok) return body as TerminalTicket
      return PASSES.has(response.status) ? { wait: true } : { problem: body as ProblemJson }
    } catch {
      return { wait: true }
    }
  }

  #connect({ url, ticket }: TerminalTicket, mine: number): void {
    const socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    const open: OpenMessage = { type: 'open', ticket, ...this.#size, received: this.#received }
    socket.onopen = () => socket.send(JSON.stringify(open))
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (mine !== this.#try) return
      if (typeof data === 'string') this.#hear(JSON.parse(data) as FromPanel)
      else this.#output(new Uint8Array(data))
    }
    socket.onclose = () => {
      if (mine === this.#try) this.#away(null)
    }
  }

  #hear(message: FromPanel): void {
    if (message.type === 'opened') this.#opened(message)
    else if (message.type === 'warning') this.#events.onWarning(message.seconds)
    else if (message.type === 'pong') clearTimeout(this.#pong)
    else this.#end(message.reason, message.problem ?? null)
  }

  #opened({ terminalId, from, lost }: FromPanel & { type: 'opened' }): void {
    const before = this.#terminalId
    if (before !== terminalId) {
      this.#terminalId = terminalId
      this.#events.remember(terminalId)
      if (this.#had || before !== null) this.#events.onFresh()
    } else if (lost > 0) this.#events.onLost(lost)
    this.#had = true
    this.#received = from
    this.#shown = from
    this.#acknowledged = from
    this.#fails = 0
    this.#events.onWarning(null)
    this.#enter({ at: 'open' })
    // It may have changed while this was under way.
    this.#say({ type: 'resize', ...this.#size })
    this.#ping = setInterval(() => this.#sendPing(), PING_EVERY_MS)
  }

  #output(bytes: Uint8Array): void {
    this.#received += bytes.length
    const upTo = this.#received
    const mine = this.#try
    this.#events.onOutput(bytes, () => {
      if (mine !== this.#try) return
      this.#shown = Math.max(this.#shown, upTo)
      if (this.#shown - this.#acknowledged < ACK_EVERY_BYTES) return
      this.#acknowledged = this.#shown
      this.#say({ type: 'ack', received: this.#shown })
    })
  }

  #sendPing(): void {
    this.#say({ type: 'ping' })
    clearTimeout(this.#pong)
    // The network may be gone without the browser having noticed.
    this.#pong = setTimeout(() => {
      this.#try += 1
      this.#away(null)
    }, PONG_WITHIN_MS)
  }

  #end(reason: TerminalEnd, problem: ProblemJson | null): void {
    if (!TERMINAL_END[reason].again) this.#ended(reason, problem)
    else {
      if (reason !== 'worker-away') this.#forgetTerminal()
      this.#away(reason)
    }
  }

  #ended(reason: TerminalEnd, problem: ProblemJson | null): void {
    this.#try += 1
    this.#forgetSocket()
    // In the other window it goes on, under the same id.
    if (reason !== 'replaced') this.#forgetTerminal()
    this.#events.onWarning(null)
    this.#enter({ at: 'ended', reason, problem })
  }

  #forgetTerminal(): void {
    this.#terminalId = null
    this.#received = 0
    this.#events.remember(null)
  }

  #away(why: TerminalEnd | null): void {
    this.#try += 1
    this.#forgetSocket()
    if (this.#state.at === 'open') this.#awaySince = Date.now()
    if (Date.now() - this.#awaySince > TRY_FOR_MS) this.#ended(why ?? 'worker-away', null)
    else {
      this.#enter({ at: 'away', why })
      const wait = BACKOFF_MS[Math.min(this.#fails, BACKOFF_MS.length - 1)]
      this.#fails += 1
      this.#retry = setTimeout(() => void this.#open(), wait)
    }
  }

  #forgetSocket(): void {
    clearInterval(this.#ping)
    clearTimeout(this.#pong)
    this.#socket?.close()
    this.#socket = null
  }

  #say(message: FromBrowser): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message))
  }

  #enter(state: LinkState): void {
    this.#state = state
    this.#events.onState(state)
  }
}
