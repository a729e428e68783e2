/** A connection that is kept: made at the first use, shared, made again after it broke. */
import type { Client } from 'ssh2'

export class WarmConnection {
  readonly #connect: () => Promise<Client>
  #current: Promise<Client> | null = null
  #closed = false

  constructor(connect: () => Promise<Client>) {
    this.#connect = connect
  }

  /** The open connection. A failed try is not remembered: the next caller tries afresh. */
  get(): Promise<Client> {
    if (this.#closed) return Promise.reject(new Error('The connection was closed.'))
    if (this.#current) return this.#current
    const made = this.#connect()
    this.#current = made
    const forget = () => {
      if (this.#current === made) this.#current = null
    }
    made.then((client) => {
      // Closed while it was being made.
      if (this.#closed) client.end()
      client.on('close', forget)
    }, forget)
    return made
  }

  close(): void {
    this.#closed = true
    this.#current?.then(
      (client) => client.end(),
      () => {},
    )
    this.#current = null
  }
}
