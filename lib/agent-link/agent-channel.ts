/** One request on one channel, or one stream: messages in, lines out, and why it ended. */
import type { Client, ClientChannel } from 'ssh2'
import type { AgentMessage, ForcedCommand } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import { parseAgentMessage } from './agent-message.ts'
import { LineSplitter } from './json-lines.ts'

const STDERR_KEPT = 8_192
/** What one call may say in all: a build's log fits many times over. */
const TOTAL_MOST_BYTES = 256 * 1024 * 1024

export type ChannelEnd =
  | { kind: 'answered' }
  | { kind: 'closed'; code: number | null; stderr: string }
  /** The connection broke under it, or the channel was never opened. */
  | { kind: 'broken'; reason: string }

/** Why no channel could be opened, as a ChannelEnd would say it. */
export class ChannelBroken extends Error {}

type Handlers = {
  /** Called for each message in order. True: that was all. What it throws ends the channel and rejects. */
  onMessage(message: AgentMessage): boolean
}

/** An agent that has answered ends by itself; one that does not is closed after this. */
const LINGER_MS = 2_000

/** Opens a channel. Rejects with `ChannelBroken`. */
export function openChannel(client: Client, command: ForcedCommand): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new ChannelBroken('the connection broke'))
    client.once('close', lost)
    const done = (error: Error | undefined, channel?: ClientChannel) => {
      client.removeListener('close', lost)
      if (channel) resolve(channel)
      else reject(new ChannelBroken(error?.message ?? 'no channel'))
    }
    try {
      client.exec(command, done)
    } catch (error) {
      done(error as Error)
    }
  })
}

/** Sends one line and hears the channel out. Resolves when it ends; rejects with a Problem, or with the signal's reason. */
export function converse(
  channel: ClientChannel,
  firstLine: object,
  options: Handlers & { keepStdinOpen: boolean; signal?: AbortSignal },
): Promise<ChannelEnd> {
  const { signal } = options
  return new Promise((resolve, reject) => {
    const splitter = new LineSplitter()
    let [total, stderr] = [0, '']
    let code: number | null | undefined
    const giveUp = (error: unknown) => {
      signal?.removeEventListener('abort', abort)
      channel.removeAllListeners('data')
      channel.close()
      reject(error)
    }
    const abort = () => giveUp(signal?.reason)
    const answered = () => {
      signal?.removeEventListener('abort', abort)
      channel.removeAllListeners('data').resume()
      const closing = setTimeout(() => channel.close(), LINGER_MS).unref()
      channel.once('close', () => clearTimeout(closing))
      resolve({ kind: 'answered' })
    }
    if (signal?.aborted) return abort()
    signal?.addEventListener('abort', abort)
    channel.on('data', (chunk: Buffer) => {
      try {
        total += chunk.length
        if (total > TOTAL_MOST_BYTES) throw new Problem('agent-failed', 'The agent talks without end.')
        for (const line of splitter.push(chunk))
          if (options.onMessage(parseAgentMessage(line))) return answered()
      } catch (error) {
        giveUp(error)
      }
    })
    channel.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)
    })
    channel.on('exit', (exitCode: number | null) => {
      code = exitCode
    })
    channel.on('error', () => {})
    channel.on('close', () => {
      signal?.removeEventListener('abort', abort)
      // sshd reports how the agent ended; a connection that broke reports nothing.
      if (code === undefined) resolve({ kind: 'broken', reason: 'the connection broke' })
      else resolve({ kind: 'closed', code, stderr: stderr.trim() })
    })
    channel.write(`${JSON.stringify(firstLine)}\n`)
    if (!options.keepStdinOpen) channel.end()
  })
}
