/** Terminals into simulated VEs: a shell that runs nothing and says so, and the words of an init that never was. */
import type { TerminalChannel, TerminalOptions } from '../../lib/contract/agent-protocol.ts'
import { Problem } from '../../lib/contract/problem.ts'
import { veSentinel } from './sentinels.ts'
import type { SimulatedVes } from './simulated-ves.ts'

const LOOK_EVERY_MS = 500
const BOOT_LOG = [
  'Simulated init: version 0 booting',
  'Starting simulated services: cron sshd.',
  'This VE is simulated: these lines come from no kernel.',
]

/** Throws `not-found`, `veid-taken`, `stale-epoch`, `ve-not-running`. */
export function openSimulatedTerminal(ves: SimulatedVes, options: TerminalOptions): TerminalChannel {
  const { veid, uuid, epoch } = options.ve
  ves.checkUuid(veid, uuid)
  ves.checkEpoch(veid, epoch)
  const ve = ves.get(veid)
  if (!ve) throw new Problem('not-found', `There is no VE ${veid} on this host.`)
  if (veSentinel(ve.name) === 'fail-terminal')
    throw new Problem('agent-failed', `No terminal can be opened into ${ve.name} (simulated).`)
  if (ve.initPid === null && options.kind === 'console')
    throw new Problem('ve-not-running', `VE ${veid} does not run.`)
  const terminal = new SimulatedTerminal(ve.name, options)
  if (options.kind === 'console') terminal.endWhen(() => ves.get(veid)?.initPid !== ve.initPid)
  return terminal
}

class SimulatedTerminal implements TerminalChannel {
  readonly #name: string
  readonly #options: TerminalOptions
  #size: TerminalOptions['size']
  #line = ''
  /** What waits while the reader is paused. */
  #held: Uint8Array[] | null = null
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(name: string, options: TerminalOptions) {
    this.#name = name
    this.#options = options
    this.#size = options.size
    setImmediate(() => this.#greet())
  }

  #greet() {
    if (this.#options.kind === 'boot-log') return this.#say(`${BOOT_LOG.join('\r\n')}\r\n`)
    this.#say(`This VE is simulated: nothing that you type runs anywhere.\r\n${this.#prompt()}`)
  }

  endWhen(over: () => boolean): void {
    this.#timer = setInterval(() => {
      if (over()) this.#end()
    }, LOOK_EVERY_MS)
    this.#timer.unref()
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#ended || this.#options.kind === 'boot-log') return
    for (const key of new TextDecoder().decode(bytes)) this.#type(key)
  }

  #type(key: string) {
    if (key === '\r' || key === '\n') return this.#enter()
    if (key === '\x04' && this.#line === '') return this.#end()
    if (key === '\x03') {
      this.#line = ''
      return this.#say(`^C\r\n${this.#prompt()}`)
    }
    if (key === '\x7f') {
      if (this.#line === '') return
      this.#line = this.#line.slice(0, -1)
      return this.#say('\b \b')
    }
    if (key < ' ') return
    this.#line += key
    this.#say(key)
  }

  /** `exit` ends it and `stty size` tells the size; of all others only their words come back. */
  #enter() {
    const line = this.#line.trim()
    this.#line = ''
    this.#say('\r\n')
    if (line === 'exit') return this.#end()
    const size = `${this.#size.rows} ${this.#size.columns}`
    if (line !== '') this.#say(line === 'stty size' ? `${size}\r\n` : `simulated: ${line}\r\n`)
    this.#say(this.#prompt())
  }

  #prompt() {
    return `root@${this.#name}:~# `
  }

  #say(text: string) {
    const bytes = new TextEncoder().encode(text)
    if (this.#held) this.#held.push(bytes)
    else if (!this.#ended) this.#options.onData(bytes)
  }

  resize(size: TerminalOptions['size']): void {
    this.#size = size
  }

  pause(): void {
    this.#held ??= []
  }

  resume(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const bytes of held) this.#options.onData(bytes)
  }

  close(): void {
    this.#end()
  }

  #end() {
    if (this.#ended) return
    this.#ended = true
    clearInterval(this.#timer)
    this.#options.onEnd(null)
  }
}
