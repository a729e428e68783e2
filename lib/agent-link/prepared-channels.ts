/** Channels with an agent at their other end that waits for its request, each for one who knows its name. */
import type { Client, ClientChannel } from 'ssh2'
import { READY } from '../contract/agent-constants.ts'
import { openChannel } from './agent-channel.ts'

/** Longer than what is done before the request comes may take. */
const KEPT_MS = 1_800_000
/** An older agent says something else, and ends. */
const READY_MS = 5_000

export class PreparedChannels {
  readonly #open = new Map<string, ClientChannel>()

  /** There when it resolves, or not at all: never rejects. */
  async open(client: Client, name: string): Promise<void> {
    this.take(name)?.close()
    const channel = await openChannel(client, 'ready').catch(() => null)
    if (channel === null) return
    if (!(await isReady(channel))) return channel.close()
    const forget = () => {
      if (this.#open.get(name) === channel) this.#open.delete(name)
    }
    const late = setTimeout(() => {
      // One that was taken since is not ours.
      if (this.#open.get(name) === channel) channel.close()
    }, KEPT_MS).unref()
    channel.once('close', () => {
      clearTimeout(late)
      forget()
    })
    this.#open.set(name, channel)
  }

  take(name: string | undefined): ClientChannel | undefined {
    const channel = name === undefined ? undefined : this.#open.get(name)
    if (name !== undefined) this.#open.delete(name)
    return channel
  }

  close(): void {
    for (const channel of this.#open.values()) channel.close()
    this.#open.clear()
  }
}

function isReady(channel: ClientChannel): Promise<boolean> {
  return new Promise((resolve) => {
    let said = ''
    const end = (is: boolean) => {
      clearTimeout(timer)
      channel.removeListener('data', hear).removeListener('close', closed)
      resolve(is)
    }
    const closed = () => end(false)
    const hear = (chunk: Buffer) => {
      said += chunk.toString('utf8')
      if (said.includes('\n')) end(said === `${READY}\n`)
    }
    const timer = setTimeout(() => end(false), READY_MS)
    channel.on('error', () => {})
    channel.on('data', hear)
    channel.once('close', closed)
  })
}
