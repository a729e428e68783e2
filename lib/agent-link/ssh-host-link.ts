/**
 * A link to one host's agent over SSH. Calls share a connection; watching has one of its own and terminals a few, as sshd
 * allows ten channels each. When the connection breaks during a call, the same request is asked again under the same key: the
 * agent's journal answers with the result, or follows what still runs.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from 'ssh2'
import type {
  AgentMethod,
  AgentParams,
  AgentResult,
  HostLink,
  TerminalChannel,
  TerminalOptions,
  WatchSample,
} from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import { type CallOptions, callOnce, endedWithoutAnswer } from './agent-call.ts'
import { ChannelBroken, converse, openChannel } from './agent-channel.ts'
import { ChannelBudget } from './channel-budget.ts'
import { openTerminalOn } from './open-terminal.ts'
import { PreparedChannels } from './prepared-channels.ts'
import { type SshAddress, sshConnect, where } from './ssh-connect.ts'
import { StreamPool } from './stream-pool.ts'
import { WarmConnection } from './warm-connection.ts'

const CHANNELS_MOST = 6

/** How long a call goes on trying. */
export type LinkPatience = {
  /** Until the host answers for the first time. */
  connectMs: number
  /** After the connection broke during the call: a host may be rebooting. */
  resumeMs: number
  retryFirstMs: number
  retryMostMs: number
}
const PATIENCE: LinkPatience = { connectMs: 20_000, resumeMs: 120_000, retryFirstMs: 200, retryMostMs: 5_000 }

export class SshHostLink implements HostLink {
  readonly #target: SshAddress
  readonly #patience: LinkPatience
  readonly #control: WarmConnection
  readonly #watching: WarmConnection
  readonly #terminals: StreamPool
  readonly #prepared = new PreparedChannels()
  readonly #budget = new ChannelBudget(CHANNELS_MOST)

  constructor(
    target: SshAddress & { fingerprint: string },
    privateKey: string,
    patience: LinkPatience = PATIENCE,
  ) {
    const pinned = (key: { fingerprint: string }) => key.fingerprint === target.fingerprint
    const connect = () => sshConnect(target, { username: 'root', privateKey }, pinned)
    this.#target = target
    this.#patience = patience
    this.#control = new WarmConnection(connect)
    this.#watching = new WarmConnection(connect)
    this.#terminals = new StreamPool(connect)
  }

  async call<M extends AgentMethod>(
    method: M,
    params: AgentParams<M>,
    options: CallOptions,
  ): Promise<AgentResult<M>> {
    const giveBack = await this.#budget.take(options.signal)
    try {
      return await this.#insist(method, params, options)
    } finally {
      giveBack()
    }
  }

  async #insist<M extends AgentMethod>(
    method: M,
    params: AgentParams<M>,
    options: CallOptions,
  ): Promise<AgentResult<M>> {
    const { signal } = options
    const since = Date.now()
    let asked = false
    for (let wait = this.#patience.retryFirstMs; ; wait = Math.min(wait * 2, this.#patience.retryMostMs)) {
      try {
        const client = await orAborted(this.#control.get(), signal)
        const ready = asked ? undefined : this.#prepared.take(options.prepared)
        asked = true
        return await callOnce(client, method, params, options, ready)
      } catch (error) {
        if (signal?.aborted) throw signal.reason
        if (!passes(error)) throw asked && shutOut(error) ? this.#gaveUp(error, asked) : error
        const patience = asked ? this.#patience.resumeMs : this.#patience.connectMs
        if (Date.now() - since + wait > patience) throw this.#gaveUp(error, asked)
        if (asked) options.onLog?.('The connection to the host broke; asking again.')
        await delay(wait, undefined, { signal }).catch(() => {})
      }
    }
  }

  async prepare(name: string): Promise<void> {
    const client = await this.#control.get().catch(() => null)
    if (client) await this.#prepared.open(client, name)
  }

  #gaveUp(error: unknown, asked: boolean): Problem {
    if (!asked && error instanceof Problem) return error
    return new Problem('link-lost', `The connection to ${where(this.#target)} broke and did not come back.`, {
      cause: error,
    })
  }

  async watch(options: {
    intervalSeconds: number
    signal: AbortSignal
    onSample: (sample: WatchSample) => void
  }): Promise<void> {
    const { signal, intervalSeconds } = options
    const client: Client = await orAborted(this.#watching.get(), signal)
    try {
      const channel = await openChannel(client, 'watch')
      const end = await converse(
        channel,
        { intervalSeconds },
        {
          keepStdinOpen: true,
          signal,
          onMessage(message) {
            if ('method' in message && message.method === 'sample') options.onSample(message.params)
            else if ('error' in message) throw Problem.fromJson(message.error.data)
            return false
          },
        },
      )
      throw endedWithoutAnswer(end)
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ChannelBroken) throw this.#broke(error)
      throw error
    }
  }

  /** Not tried again when the connection breaks: what the shell held is lost with it. */
  async openTerminal(options: TerminalOptions): Promise<TerminalChannel> {
    const place = await this.#terminals.take()
    try {
      return await openTerminalOn(place, options)
    } catch (error) {
      if (error instanceof ChannelBroken) throw this.#broke(error)
      throw error
    }
  }

  #broke(cause: unknown): Problem {
    return new Problem('link-lost', `The connection to ${where(this.#target)} broke.`, { cause })
  }

  close(): void {
    this.#prepared.close()
    this.#control.close()
    this.#watching.close()
    this.#terminals.close()
  }
}

/** Not let in: of an earlier try that was sent it says nothing, though by itself it means that nothing was sent. */
function shutOut(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'host-key-changed' || error.code === 'sign-in-failed')
}

/** What may be better at the next try. */
function passes(error: unknown): boolean {
  if (error instanceof ChannelBroken) return true
  return error instanceof Problem && (error.code === 'host-unreachable' || error.code === 'host-refused')
}

/** Waits for a shared promise only as long as the signal allows. */
function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
