/** The web process: Next behind a plain HTTP server of ours, so that we decide how it starts and stops, and terminals. */
import { createServer } from 'node:http'
import next from 'next'
import { terminalGateway } from '../terminals/gateway.ts'

const CLOSE_GRACE_MS = 2_000

const port = Number(process.env.PORT ?? 3000)
const hostname = process.env.CORRAL_LISTEN ?? '127.0.0.1'
const app = next({ dev: process.env.NODE_ENV === 'development', hostname, port, dir: process.cwd() })
await app.prepare()
const handle = app.getRequestHandler()
const upgrade = app.getUpgradeHandler()
const terminals = terminalGateway()

/** Unless a proxy of ours stands in front, the address of a client is what its socket says, not what it claims. */
const behindProxy = process.env.CORRAL_BEHIND_PROXY === '1'
const server = createServer((request, response) => {
  if (!behindProxy) request.headers['x-forwarded-for'] = request.socket.remoteAddress
  void handle(request, response)
})
server.on('upgrade', (request, socket, head) => {
  if (!behindProxy) request.headers['x-forwarded-for'] = request.socket.remoteAddress
  if (terminals.handles(request)) void terminals.upgrade(request, socket, head)
  else void upgrade(request, socket, head)
})
server.listen(port, hostname, () => console.log(`listening on ${hostname} port ${port}`))
server.on('error', (error) => {
  console.error(error)
  process.exit(1)
})

let stopping = false
/** Idle connections at once, running requests within the grace; event streams never end of themselves and are cut. */
function stop() {
  if (stopping) return
  stopping = true
  terminals.close()
  server.close(() => process.exit(0))
  server.closeIdleConnections()
  setTimeout(() => process.exit(0), CLOSE_GRACE_MS).unref()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
