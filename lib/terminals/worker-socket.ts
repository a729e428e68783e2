import { connect } from 'node:tls'
import { WebSocket } from 'ws'
import { workerUnlock } from './worker-lock.ts'

const CONNECT_MS = 5_000

/** An open, paused WebSocket to a worker's terminals. Rejects when the worker is not there, or is another. */
export function connectWorker(worker: { id: string; address: string }): Promise<WebSocket> {
  const { hostname, port } = new URL(`tcp://${worker.address}`)
  const socket = new WebSocket(`wss://${worker.address}/`, {
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_MS,
    createConnection: () =>
      connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), ...workerUnlock(worker.id) }),
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      socket.off('error', reject)
      socket.on('error', () => {}) // 'close' follows
      socket.pause()
      resolve(socket)
    })
  })
}
