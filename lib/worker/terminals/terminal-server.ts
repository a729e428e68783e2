/** Where the web process reaches this worker's terminals: WebSockets over TLS with the worker's own key. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type AttachMessage, attachMessage } from '../../terminals/attach.ts'
import { INPUT_MOST_BYTES } from '../../terminals/limits.ts'
import { parseMessage } from '../../terminals/protocol.ts'
import { workerLock } from '../../terminals/worker-lock.ts'

const FIRST_MESSAGE_MS = 10_000
const LISTEN = '127.0.0.1:0'

export type TerminalServer = {
  /** "127.0.0.1:40123" */
  address: string
  close(): void
}

/** `listen` is "host:port"; port 0 takes a free one. Web processes of other machines need an address that they reach. */
export async function serveTerminals(
  workerId: string,
  attach: (browser: WebSocket, message: AttachMessage) => void,
  listen = process.env.CORRAL_TERMINAL_LISTEN ?? LISTEN,
): Promise<TerminalServer> {
  const { hostname, port } = new URL(`tcp://${listen}`)
  const host = hostname.replace(/^\[|\]$/g, '')
  const server = createServer(workerLock(workerId), (_request, response) => response.writeHead(426).end())
  // Whoever has not the key is shown the door without a word.
  server.on('tlsClientError', () => {})
  const sockets = new WebSocketServer({ server, maxPayload: INPUT_MOST_BYTES, perMessageDeflate: false })
  sockets.on('connection', (browser) => welcome(browser, attach))
  server.listen(Number(port || 0), host)
  await once(server, 'listening')
  const bound = server.address() as AddressInfo
  return {
    address: `${hostname}:${bound.port}`,
    close() {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

function welcome(browser: WebSocket, attach: (browser: WebSocket, message: AttachMessage) => void): void {
  browser.on('error', () => {}) // 'close' follows
  const late = setTimeout(() => browser.terminate(), FIRST_MESSAGE_MS)
  browser.once('close', () => clearTimeout(late))
  browser.once('message', (data: RawData, binary: boolean) => {
    clearTimeout(late)
    const message = binary ? null : parseMessage(attachMessage, String(data))
    if (!message) return browser.terminate()
    browser.pause()
    attach(browser, message)
  })
}
