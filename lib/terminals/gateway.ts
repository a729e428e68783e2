/**
 * The terminals' WebSocket on the web process.
 *
 *   upgrade ──origin, session──▶ open ──ticket──▶ attached to the worker ──▶ messages both ways, unread
 *                  └─ HTTP error           └─ end: refused
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { isSameOrigin } from '../auth/origin.ts'
import type { Viewer } from '../auth/viewer.ts'
import { Problem, type ProblemJson } from '../contract/problem.ts'
import { log } from '../http/log.ts'
import { problemBody, shownProblem } from '../http/problem-response.ts'
import { requestViewer } from '../http/request-viewer.ts'
import { joinSockets } from './join-sockets.ts'
import { INPUT_MOST_BYTES, TERMINALS_URL } from './limits.ts'
import { type FromPanel, openMessage, parseMessage, type TerminalEnd } from './protocol.ts'
import { redeemTicket } from './redeem-ticket.ts'
import { connectWorker } from './worker-socket.ts'

const FIRST_MESSAGE_MS = 10_000
const SOCKETS_MOST = 1_000
/** More than a person may have terminals: one that comes back may still have its old socket. */
export const SOCKETS_A_USER = 20
/** A browser that answers no ping is gone, whatever TCP believes. */
const PING_EVERY_MS = 15_000

export type TerminalGateway = {
  /** Whether the request is for here. */
  handles(request: IncomingMessage): boolean
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  close(): void
}

export function terminalGateway({ firstMessageMs = FIRST_MESSAGE_MS } = {}): TerminalGateway {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: INPUT_MOST_BYTES,
    perMessageDeflate: false,
  })
  const byUser = new Map<string, number>()
  const pinging = setInterval(() => pingAll(server.clients), PING_EVERY_MS).unref()
  return {
    handles: (request) => new URL(request.url ?? '/', 'http://panel').pathname === TERMINALS_URL,
    async upgrade(request, socket, head) {
      // Until the WebSocket has it, nobody else hears its errors.
      const ignore = () => {}
      socket.on('error', ignore)
      try {
        if (server.clients.size >= SOCKETS_MOST)
          throw new Problem('rate-limited', 'Too many terminals are open.')
        const viewer = await viewerOfUpgrade(request)
        refuseTooMany(byUser, viewer)
        socket.off('error', ignore)
        if (socket.destroyed) return
        server.handleUpgrade(request, socket, head, (browser) => {
          count(byUser, viewer, browser)
          void serve(browser, viewer, addressOf(request), firstMessageMs)
        })
      } catch (error) {
        refuse(socket, error)
      }
    },
    close() {
      clearInterval(pinging)
      for (const client of server.clients) client.close(1012)
    },
  }
}

/** Sockets that say nothing are held open for a while too: nobody takes the places of all. */
function refuseTooMany(byUser: ReadonlyMap<string, number>, { userId }: Viewer): void {
  const open = byUser.get(userId) ?? 0
  if (open >= SOCKETS_A_USER)
    throw new Problem(
      'rate-limited',
      `You have ${open} connections to terminals, the most that one person may.`,
    )
}

function count(byUser: Map<string, number>, { userId }: Viewer, browser: WebSocket): void {
  byUser.set(userId, (byUser.get(userId) ?? 0) + 1)
  browser.once('close', () => {
    const left = (byUser.get(userId) ?? 1) - 1
    if (left > 0) byUser.set(userId, left)
    else byUser.delete(userId)
  })
}

/** A page of another site could open a WebSocket here with the visitor's cookies: the origin tells. */
async function viewerOfUpgrade(request: IncomingMessage): Promise<Viewer> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const asked = new Request(`http://panel${TERMINALS_URL}`, { headers })
  if ((headers.has('origin') || !headers.has('authorization')) && !isSameOrigin(asked))
    throw new Problem('forbidden', 'A terminal can only be opened by the pages of this panel.')
  return requestViewer(asked)
}

function addressOf(request: IncomingMessage): string | null {
  const forwarded = request.headers['x-forwarded-for']
  return (
    String(forwarded ?? request.socket.remoteAddress ?? '')
      .split(',')[0]
      ?.trim() || null
  )
}

function refuse(socket: Duplex, error: unknown): void {
  const body = problemBody(error)
  const text = JSON.stringify(body)
  socket.end(
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  )
}

async function serve(
  browser: WebSocket,
  viewer: Viewer,
  ipAddress: string | null,
  patienceMs: number,
): Promise<void> {
  browser.on('error', () => {}) // 'close' follows
  browser.on('pong', () => answered.add(browser))
  answered.add(browser)
  try {
    const text = await firstMessage(browser, patienceMs)
    if (text === null) return
    const open = parseMessage(openMessage, text)
    if (!open) throw new Problem('terminal-refused', 'The first message opens the terminal.')
    const { terminalId, worker } = await redeemTicket(viewer, open.ticket)
    if (!worker) return end(browser, 'worker-away')
    const { columns, rows, received } = open
    const upstream = await connectWorker(worker).catch((error: unknown) => {
      log.warn({ err: error, worker: worker.id }, 'a worker’s terminals cannot be reached')
    })
    if (!upstream) return end(browser, 'worker-away')
    upstream.send(JSON.stringify({ type: 'attach', terminalId, columns, rows, received, ipAddress }))
    joinSockets(browser, upstream)
  } catch (error) {
    end(browser, error instanceof Problem ? 'refused' : 'failed', shownProblem(error).problem)
  }
}

/** Null when the browser went without a word. Nothing is read on after it, until somebody takes over. */
function firstMessage(browser: WebSocket, patienceMs: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Problem('terminal-refused', 'The first message did not come in time.')),
      patienceMs,
    )
    browser.once('close', () => {
      clearTimeout(late)
      resolve(null)
    })
    browser.once('message', (data: RawData, isBinary) => {
      clearTimeout(late)
      browser.pause()
      resolve(isBinary ? '' : String(data))
    })
  })
}

function end(browser: WebSocket, reason: TerminalEnd, problem?: ProblemJson): void {
  browser.resume()
  const message: FromPanel = { type: 'end', reason, ...(problem ? { problem } : {}) }
  browser.send(JSON.stringify(message))
  browser.close(1000)
}

const answered = new WeakSet<WebSocket>()

function pingAll(clients: Iterable<WebSocket>): void {
  for (const client of clients) {
    if (!answered.has(client)) client.terminate()
    answered.delete(client)
    // A paused socket reads no pongs; what it waits for is ours to give.
    if (client.isPaused) answered.add(client)
    client.ping()
  }
}
