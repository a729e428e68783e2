/**
 * One terminal: its channel to the host, what it said last, and the browser that shows it now, if any.
 *
 *   attached ──browser gone──▶ detached ──back in time──▶ attached
 *      │                          └─ too late: abandoned ─▶ ended
 *      └─ shell ended, idle, replaced, cut ───────────────▶ ended
 */
import type { WebSocket } from 'ws'
import type { TerminalChannel, TerminalKind } from '../../contract/agent-protocol.ts'
import type { Problem } from '../../contract/problem.ts'
import { WINDOW_BYTES } from '../../terminals/limits.ts'
import {
  type FromBrowser,
  type FromPanel,
  fromBrowser,
  parseMessage,
  type TerminalEnd,
  type TerminalSize,
} from '../../terminals/protocol.ts'
import { OutputRing } from './output-ring.ts'

/** At least the window, so that a browser that comes back in time has missed nothing it could have had. */
const RING_BYTES = 256 * 1024
/** Input that the VE has not taken: more holds up the browser. */
const INPUT_WAITING_BYTES = 64 * 1024

export type SessionTimes = {
  /** Without a word from whoever sits there. */
  idleMs: number
  warnMs: number
  /** How long it waits for a browser that was cut off. */
  keptMs: number
}

/** Says why it ended, and ends the WebSocket. */
export function endBrowser(browser: WebSocket, reason: TerminalEnd, problem?: Problem): void {
  send(browser, { type: 'end', reason, ...(problem ? { problem: problem.toJson() } : {}) })
  browser.resume()
  browser.close(1000)
}

function send(browser: WebSocket, message: FromPanel): void {
  if (browser.readyState === browser.OPEN) browser.send(JSON.stringify(message))
}

export class TerminalSession {
  readonly id: string
  readonly kind: TerminalKind
  readonly #times: SessionTimes
  readonly #now: () => number
  readonly #onEnd: (reason: TerminalEnd, problem?: Problem) => void
  readonly #ring = new OutputRing(RING_BYTES)
  #channel: TerminalChannel | null = null
  #browser: WebSocket | null = null
  #acknowledged = 0
  #held = false
  #waiting = 0
  #activeAt: number
  #warned = false
  #detachedAt: number | null
  #ended = false

  constructor(options: {
    id: string
    kind: TerminalKind
    times: SessionTimes
    /** Once. */
    onEnd: (reason: TerminalEnd, problem?: Problem) => void
    now?: () => number
  }) {
    this.id = options.id
    this.kind = options.kind
    this.#times = options.times
    this.#onEnd = options.onEnd
    this.#now = options.now ?? Date.now
    this.#activeAt = this.#now()
    this.#detachedAt = this.#now()
  }

  get ended(): boolean {
    return this.#ended
  }

  /** What a channel that is being opened calls. */
  readonly handlers = {
    onData: (bytes: Uint8Array) => this.#say(bytes),
    onEnd: (problem: Problem | null) => this.#channelEnded(problem),
  }

  /** If the session ended meanwhile, the channel is closed again. */
  opened(channel: TerminalChannel): void {
    if (this.#ended) channel.close()
    else {
      this.#channel = channel
      this.#flow()
    }
  }

  /** The browser may be paused; it is resumed here. One that showed it before is told that it was replaced. */
  attach(browser: WebSocket, { received, ...size }: TerminalSize & { received: number }): void {
    if (this.#browser) {
      const before = this.#browser
      this.#detach(before)
      endBrowser(before, 'replaced')
    }
    this.#browser = browser
    this.#detachedAt = null
    this.#active()
    const from = Math.min(Math.max(received, this.#ring.start), this.#ring.end)
    this.#acknowledged = from
    const lost = received > 0 ? Math.max(0, from - received) : 0
    send(browser, { type: 'opened', terminalId: this.id, from, lost })
    if (from < this.#ring.end) browser.send(this.#ring.since(from))
    browser.on('message', (data: Buffer, binary: boolean) => this.#hear(browser, data, binary))
    browser.on('close', () => this.#detach(browser))
    browser.resume()
    this.#channel?.resize(size)
    this.#flow()
    if (browser.readyState !== browser.OPEN) this.#detach(browser)
  }

  #detach(browser: WebSocket): void {
    if (this.#browser !== browser) return
    this.#browser = null
    this.#detachedAt = this.#now()
    this.#flow()
  }

  #hear(browser: WebSocket, data: Buffer, binary: boolean): void {
    if (this.#ended || this.#browser !== browser) return
    const message = binary ? null : parseMessage(fromBrowser, data.toString('utf8'))
    if (binary) this.#type(browser, data)
    else if (message) this.#obey(browser, message)
  }

  #obey(browser: WebSocket, message: FromBrowser): void {
    if (message.type === 'resize') this.#channel?.resize({ columns: message.columns, rows: message.rows })
    else if (message.type === 'ping') send(browser, { type: 'pong' })
    else if (message.type === 'stay') this.#active()
    else if (message.type === 'close') this.end('closed')
    else {
      this.#acknowledged = Math.min(Math.max(this.#acknowledged, message.received), this.#ring.end)
      this.#flow()
    }
  }

  #type(browser: WebSocket, bytes: Buffer): void {
    this.#active()
    if (!this.#channel) return
    this.#waiting += bytes.length
    if (this.#waiting > INPUT_WAITING_BYTES) browser.pause()
    void this.#channel.write(bytes).then(() => {
      this.#waiting -= bytes.length
      if (browser.isPaused && this.#waiting <= INPUT_WAITING_BYTES) browser.resume()
    })
  }

  #say(bytes: Uint8Array): void {
    if (this.#ended) return
    this.#ring.push(bytes)
    this.#browser?.send(bytes, () => this.#flow())
    this.#flow()
  }

  /** A browser that does not keep up holds up the VE; one that is away does not. */
  #flow(): void {
    if (!this.#channel || this.#ended) return
    const browser = this.#browser
    const behind = browser ? Math.max(this.#ring.end - this.#acknowledged, browser.bufferedAmount) : 0
    const hold = behind > WINDOW_BYTES
    if (hold === this.#held) return
    this.#held = hold
    if (hold) this.#channel.pause()
    else this.#channel.resume()
  }

  #active(): void {
    this.#activeAt = this.#now()
    this.#warned = false
  }

  #channelEnded(problem: Problem | null): void {
    if (!problem) this.end('exited')
    else this.end(problem.code === 'link-lost' ? 'host-lost' : 'failed', problem)
  }

  /** To be called now and then: what time alone brings about. */
  tick(): void {
    if (this.#ended) return
    const now = this.#now()
    const left = this.#times.idleMs - (now - this.#activeAt)
    const away = this.#detachedAt === null ? 0 : now - this.#detachedAt
    if (away >= this.#times.keptMs) this.end('abandoned')
    else if (left <= 0) this.end('idle')
    else if (left <= this.#times.warnMs && !this.#warned && this.#browser) {
      this.#warned = true
      send(this.#browser, { type: 'warning', seconds: Math.ceil(left / 1000) })
    }
  }

  end(reason: TerminalEnd, problem?: Problem): void {
    if (this.#ended) return
    this.#ended = true
    const [browser, channel] = [this.#browser, this.#channel]
    this.#browser = null
    if (browser) endBrowser(browser, reason, problem)
    channel?.close()
    this.#onEnd(reason, problem)
  }
}
