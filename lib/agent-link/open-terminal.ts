/** A terminal on one channel: the forced command, its first line, then bytes both ways. */
import type { ClientChannel, ExecOptions } from 'ssh2'
import { TERMINAL_OPENED } from '../contract/agent-constants.ts'
import type {
  ForcedCommand,
  TerminalChannel,
  TerminalKind,
  TerminalOptions,
} from '../contract/agent-protocol.ts'
import { Problem, problemJson } from '../contract/problem.ts'
import { ChannelBroken } from './agent-channel.ts'
import type { Place } from './stream-pool.ts'

const OPENS_WITHIN_MS = 15_000
/** What may come before the first line's end. */
const FIRST_LINE_MOST = 16_384
const STDERR_KEPT = 4_096
/** How an agent ends that does not know the command. */
const REFUSED = 126
const TERM = 'xterm-256color'

/** The command's own terminal: the shell's size, its line discipline and its hang-up are sshd's. */
const HAS_PTY = { console: true, 'boot-log': false } as const satisfies Record<TerminalKind, boolean>

/** Resolves once the agent has said that it is open. Rejects with the agent's problem or `ChannelBroken`. The place is given back at the end. */
export async function openTerminalOn(place: Place, options: TerminalOptions): Promise<TerminalChannel> {
  try {
    return await (await execute(place, options)).opened
  } catch (error) {
    place.giveBack()
    throw error
  }
}

function execute({ client, giveBack }: Place, options: TerminalOptions): Promise<SshTerminal> {
  const { kind, ve, size } = options
  const command = `${kind satisfies ForcedCommand} ${ve.veid} ${ve.uuid} ${ve.epoch}`
  const pty = { term: TERM, cols: size.columns, rows: size.rows, width: 0, height: 0 }
  const how: ExecOptions = HAS_PTY[kind] ? { pty } : {}
  return new Promise((resolve, reject) => {
    const lost = () => reject(new ChannelBroken('the connection broke'))
    client.once('close', lost)
    const done = (error: Error | undefined, channel?: ClientChannel) => {
      client.removeListener('close', lost)
      // Here and now: how a command ends that ends at once is told in the same breath.
      if (channel) resolve(new SshTerminal(channel, options, giveBack))
      else reject(new ChannelBroken(error?.message ?? 'no channel'))
    }
    try {
      client.exec(command, how, done)
    } catch (error) {
      done(error as Error)
    }
  })
}

class SshTerminal implements TerminalChannel {
  readonly opened: Promise<TerminalChannel>
  readonly #channel: ClientChannel
  readonly #options: TerminalOptions
  readonly #writing = new Set<() => void>()
  #closedByUs = false
  #exit: number | string | null | undefined
  #stderr = ''

  constructor(channel: ClientChannel, options: TerminalOptions, giveBack: () => void) {
    this.#channel = channel
    this.#options = options
    channel.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-STDERR_KEPT)
    })
    channel.on('error', () => {})
    channel.on('exit', (code: number | null, signal?: string) => {
      this.#exit = code ?? signal ?? null
    })
    channel.once('close', giveBack)
    this.opened = this.#open()
  }

  #open(): Promise<TerminalChannel> {
    const channel = this.#channel
    return new Promise((resolve, reject) => {
      let head = Buffer.alloc(0)
      const settle = () => {
        clearTimeout(late)
        channel.removeListener('data', hear)
        channel.removeListener('close', closed)
      }
      const fail = (problem: Error) => {
        settle()
        channel.close()
        reject(problem)
      }
      const closed = () => fail(this.#endedEarly(head))
      const hear = (chunk: Buffer) => {
        head = Buffer.concat([head, chunk])
        const end = head.indexOf(0x0a)
        if (end === -1 && head.length <= FIRST_LINE_MOST) return
        const line = head.subarray(0, end).toString('utf8').trim()
        if (line !== TERMINAL_OPENED) {
          const refused = refusal(line)
          // Something else than the agent's words: how it ends says more.
          if (refused || head.length > FIRST_LINE_MOST) fail(refused ?? this.#endedEarly(head))
          return
        }
        settle()
        this.#follow(head.subarray(end + 1))
        resolve(this)
      }
      const late = setTimeout(
        () => fail(new Problem('agent-failed', 'The agent on the host did not open the terminal in time.')),
        OPENS_WITHIN_MS,
      )
      channel.on('data', hear)
      channel.on('close', closed)
    })
  }

  #endedEarly(said: Buffer): Problem | ChannelBroken {
    if (this.#exit === undefined && said.length === 0) return new ChannelBroken('the connection broke')
    if (this.#exit === REFUSED)
      return new Problem('agent-version-mismatch', 'The agent on the host knows no terminals.')
    return new Problem('agent-failed', 'The agent on the host did not open the terminal.', {
      context: {
        exit: this.#exit,
        stdout: said.toString('utf8').slice(0, STDERR_KEPT),
        stderr: this.#stderr,
      },
    })
  }

  #follow(first: Buffer): void {
    if (first.length > 0) this.#options.onData(first)
    this.#channel.on('data', (chunk: Buffer) => this.#options.onData(chunk))
    this.#channel.once('close', () => {
      for (const done of this.#writing) done()
      this.#options.onEnd(this.#endProblem())
    })
  }

  #endProblem(): Problem | null {
    if (this.#closedByUs) return null
    if (this.#exit === undefined) return new Problem('link-lost', 'The connection to the host broke.')
    // A shell may end with any status; the log is ended by us, or with its VE.
    if (this.#options.kind === 'console' || this.#exit === 0) return null
    return new Problem('agent-failed', 'The agent on the host stopped sending the log.', {
      context: { exit: this.#exit, stderr: this.#stderr },
    })
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#writing.delete(done)
        resolve()
      }
      if (!this.#channel.writable) return done()
      this.#writing.add(done)
      this.#channel.write(bytes, done)
    })
  }

  resize({ columns, rows }: TerminalOptions['size']): void {
    if (HAS_PTY[this.#options.kind] && this.#channel.writable) this.#channel.setWindow(rows, columns, 0, 0)
  }

  pause(): void {
    this.#channel.pause()
  }

  resume(): void {
    this.#channel.resume()
  }

  close(): void {
    this.#closedByUs = true
    this.#channel.close()
    // A paused channel would never come to its end.
    this.#channel.resume()
  }
}

/** The agent's `{"error": problem}`; null when it is something else. */
function refusal(line: string): Problem | null {
  try {
    const { data } = problemJson.safeParse((JSON.parse(line) as { error?: unknown }).error)
    return data ? Problem.fromJson(data) : null
  } catch {
    return null
  }
}
