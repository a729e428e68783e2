/** A client of a web server on one connection that it keeps: asks every 5 ms, and notes the longest time without an answer. */
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const EVERY_MS = 5
const PATIENCE_MS = 20_000
const REQUEST = 'GET /gap HTTP/1.1\r\nHost: bench\r\n\r\n'

export class GapClient {
  readonly #socket: net.Socket
  readonly #timer: NodeJS.Timeout
  #asked = 0
  #answered = 0
  #heardAt = performance.now()
  #longest = 0
  #ended: Error | null = null

  private constructor(socket: net.Socket) {
    this.#socket = socket
    const end = (error?: Error) => {
      this.#ended ??= error ?? new Error('nginx closed the connection.')
    }
    socket.on('error', end).on('close', () => end())
    socket.setNoDelay(true).setEncoding('latin1')
    socket.on('data', (text: string) => {
      const now = performance.now()
      this.#longest = Math.max(this.#longest, now - this.#heardAt)
      this.#heardAt = now
      this.#answered += text.split('HTTP/1.1 200 ').length - 1
    })
    this.#timer = setInterval(() => {
      if (this.#ended !== null) return
      this.#asked += 1
      socket.write(REQUEST)
    }, EVERY_MS)
  }

  static async connect(address: string): Promise<GapClient> {
    const socket = net.connect(80, address)
    await once(socket, 'connect')
    return new GapClient(socket)
  }

  /** Forgets what was before. */
  begin(): void {
    this.#longest = 0
  }

  /** Milliseconds, once all that was asked up to now has been answered. Throws when the connection has ended. */
  async longestGap(): Promise<number> {
    const upTo = this.#asked
    for (const until = Date.now() + PATIENCE_MS; this.#answered < upTo; ) {
      if (this.#ended !== null) throw this.#ended
      if (Date.now() > until) throw new Error(`nginx answered ${this.#answered} of ${upTo} requests.`)
      await sleep(20)
    }
    return this.#longest
  }

  close(): void {
    clearInterval(this.#timer)
    this.#socket.destroy()
  }
}
