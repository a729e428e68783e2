/** For tests: the web process's end and a worker's end in this process, a host that says what a test wants, and browsers. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { WebSocket } from 'ws'
import type { HostLink, TerminalChannel, TerminalOptions } from '../../contract/agent-protocol.ts'
import { db } from '../../db/client.ts'
import { terminalGateway } from '../../terminals/gateway.ts'
import { TERMINALS_URL } from '../../terminals/limits.ts'
import { type FromBrowser, type FromPanel, fromPanel } from '../../terminals/protocol.ts'
import { registerWorker } from '../presence.ts'
import { serveTerminals } from './terminal-server.ts'
import type { SessionTimes } from './terminal-session.ts'
import { Terminals } from './terminals.ts'

/** A host's end of one terminal. */
export type HostEnd = TerminalOptions & {
  typed: string
  sizes: TerminalOptions['size'][]
  paused: boolean
  closed: boolean
}

export class FakeHost {
  readonly ends: HostEnd[] = []
  /** What opening is answered with instead. */
  refusal: Error | null = null

  get last(): HostEnd {
    const end = this.ends.at(-1)
    if (!end) throw new Error('no terminal was opened')
    return end
  }

  readonly link = { openTerminal: async (options: TerminalOptions) => this.#open(options) } as HostLink

  #open(options: TerminalOptions): TerminalChannel {
    if (this.refusal) throw this.refusal
    const end: HostEnd = { ...options, typed: '', sizes: [], paused: false, closed: false }
    this.ends.push(end)
    return {
      async write(bytes) {
        end.typed += Buffer.from(bytes).toString('utf8')
      },
      resize: (size) => void end.sizes.push(size),
      pause: () => {
        end.paused = true
      },
      resume: () => {
        end.paused = false
      },
      close: () => {
        end.closed = true
      },
    }
  }
}

export type TestTerminals = Awaited<ReturnType<typeof startTestTerminals>>

/** A worker that holds `hostId`, and a web process before it. */
export async function startTestTerminals(hostId: string, times: SessionTimes, firstMessageMs?: number) {
  const host = new FakeHost()
  const id = await registerWorker()
  const leaseUntil = new Date(Date.now() + 3_600_000)
  await db().host.update({ where: { id: hostId }, data: { leasedBy: id, leaseUntil } })
  const hosts = { link: async () => host.link } as never
  const terminals = new Terminals({ id, hosts, log: pino({ level: 'silent' }) }, times)
  const server = await serveTerminals(id, (browser, message) => void terminals.attach(browser, message))
  await db().worker.update({ where: { id }, data: { terminalAddress: server.address } })
  const gateway = terminalGateway({ firstMessageMs })
  const web = createServer()
  web.on('upgrade', (request, socket, head) => void gateway.upgrade(request, socket, head))
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const address = `127.0.0.1:${(web.address() as AddressInfo).port}`
  const close = async () => {
    await terminals.stop()
    server.close()
    gateway.close()
    web.close()
    web.closeAllConnections()
  }
  return { host, worker: { id, server }, terminals, address, close }
}

/** A browser's end of one WebSocket. */
export class FakeBrowser {
  readonly socket: WebSocket
  readonly heard: FromPanel[] = []
  output = Buffer.alloc(0)
  closed: number | null = null
  /** When the upgrade was refused: its status. */
  refused: number | null = null

  constructor(address: string, headers: IncomingHttpHeaders) {
    this.socket = new WebSocket(`ws://${address}${TERMINALS_URL}`, { headers, perMessageDeflate: false })
    this.socket.on('message', (data: Buffer, binary) => {
      if (binary) this.output = Buffer.concat([this.output, data])
      else this.heard.push(fromPanel.parse(JSON.parse(data.toString('utf8'))))
    })
    this.socket.on('unexpected-response', (_request, response) => {
      this.refused = response.statusCode ?? 0
      response.resume()
    })
    this.socket.on('error', () => {})
    this.socket.on('close', (code) => {
      this.closed = code
    })
  }

  async until(what: () => boolean): Promise<void> {
    const late = Date.now() + 10_000
    while (!what()) {
      if (Date.now() > late) throw new Error(`waited in vain; heard ${JSON.stringify(this.heard)}`)
      await sleep(5)
    }
  }

  async open(ticket: string, received = 0): Promise<this> {
    await this.until(() => this.socket.readyState === WebSocket.OPEN)
    this.send({ type: 'open', ticket, columns: 80, rows: 24, received })
    await this.until(() => this.heard.length > 0 || this.closed !== null)
    return this
  }

  send(message: FromBrowser | object): void {
    this.socket.send(JSON.stringify(message))
  }

  type(text: string): void {
    this.socket.send(Buffer.from(text))
  }

  get text(): string {
    return this.output.toString('utf8')
  }

  async end(): Promise<FromPanel & { type: 'end' }> {
    const ends = () => this.heard.find((message) => message.type === 'end')
    await this.until(() => ends() !== undefined)
    return ends() as FromPanel & { type: 'end' }
  }

  /** As a network that goes: no word of farewell. */
  cut(): void {
    this.socket.terminate()
  }
}
