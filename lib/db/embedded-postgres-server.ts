import { spawn } from 'node:child_process'
import {
  chownSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, type ProcessIdentity, stopProcess } from '../setup/process-identity.ts'
import { diskFullProblem, SetupProblem, saysDiskFull } from '../setup/setup-problem.ts'
import type { PostgresAccount } from './embedded-postgres-account.ts'

const START_TIMEOUT_MS = 60_000
const STOP_GRACE_MS = 20_000

export const dataDirectory = (location: string) => path.join(location, 'data')
export const serverLog = (location: string) => path.join(location, 'server.log')
/** PostgreSQL takes its locale from here and nothing else from us: no secret reaches its environment. */
export const postgresEnvironment = {
  PATH: '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as unknown as NodeJS.ProcessEnv

export type ServerStart = {
  bin: string
  location: string
  account: PostgresAccount
  /** Tried first; another free one is taken if it is in use. */
  port?: number
  settings?: Record<string, string>
}

/** Starts the server and resolves when it takes connections. Port 127.0.0.1 only, no socket file. */
export async function startServer(start: ServerStart): Promise<{ port: number; server: ProcessIdentity }> {
  const wanted = start.port !== undefined && (await isFree(start.port)) ? start.port : undefined
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 && wanted !== undefined ? wanted : await freePort()
    const server = await tryStart(start, port)
    if (server) return { port, server }
    if (attempt === 3) throw startProblem(start.location)
  }
}

/** Undefined when the port was taken between our look and the server's own. */
async function tryStart(start: ServerStart, port: number): Promise<ProcessIdentity | undefined> {
  const { bin, location, account } = start
  const settings = Object.entries({ port: String(port), ...start.settings })
  const argv = [
    '-D',
    dataDirectory(location),
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  writeFileSync(serverLog(location), '')
  if (account.uid !== undefined) chownSync(serverLog(location), account.uid, account.gid ?? account.uid)
  const log = openSync(serverLog(location), 'a')
  // In a session of its own: Ctrl-C in the terminal is for us, and we stop the server last.
  const child = spawn(path.join(bin, 'postgres'), argv, {
    ...account,
    cwd: location,
    detached: true,
    stdio: ['ignore', log, log],
    env: postgresEnvironment,
  })
  closeSync(log)
  let ended = false
  child.once('exit', () => {
    ended = true
  })
  child.once('error', () => {
    ended = true
  })
  child.unref()
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!ended && Date.now() < deadline) {
    if (child.pid !== undefined && isReady(location, child.pid)) return identityOf(child.pid)
    await sleep(20)
  }
  if (!ended) child.kill('SIGQUIT')
  if (/could not bind|Address already in use/.test(readLog(location))) return undefined
  throw startProblem(location)
}

/** The eighth line of postmaster.pid turns "ready" when connections are taken. */
function isReady(location: string, pid: number): boolean {
  const lines = postmasterLines(location)
  return Number(lines?.[0]) === pid && lines?.[7]?.trim() === 'ready'
}

function postmasterLines(location: string): string[] | undefined {
  const file = path.join(dataDirectory(location), 'postmaster.pid')
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return undefined
  }
}

const readLog = (location: string) =>
  existsSync(serverLog(location)) ? readFileSync(serverLog(location), 'utf8') : ''

function startProblem(location: string): Error {
  const log = readLog(location)
  if (saysDiskFull(log)) return diskFullProblem(location)
  const reason = /(?:FATAL|PANIC): {2}(.*)/.exec(log)?.[1] ?? 'it said nothing'
  return new SetupProblem(
    `PostgreSQL did not start from ${dataDirectory(location)}: ${reason}.`,
    `Its log is ${serverLog(location)}. If the data is not needed, start afresh with another --data DIR.`,
  )
}

/** The server that runs on this cluster, whoever started it. Looks at what the process is, not only at its pid. */
export function findServer(location: string): ProcessIdentity | undefined {
  const pid = Number(postmasterLines(location)?.[0])
  const server = identityOf(pid)
  if (!server) return undefined
  if (process.platform !== 'linux') return server
  try {
    const cwd = statSync(readlinkSync(`/proc/${pid}/cwd`))
    const data = statSync(dataDirectory(location))
    return cwd.ino === data.ino && cwd.dev === data.dev ? server : undefined
  } catch {
    return undefined
  }
}

/** A fast shutdown: open connections are cut, everything committed is on disk. */
export async function stopServer(location: string): Promise<boolean> {
  const server = findServer(location)
  if (!server) return false
  await stopProcess(server, { first: 'SIGINT', graceMs: STOP_GRACE_MS })
  return true
}

/** A pid file left by a crash may name a pid that belongs to another process by now; PostgreSQL would refuse to start. */
export function removeStalePidFile(location: string) {
  if (postmasterLines(location) && !findServer(location)) {
    rmSync(path.join(dataDirectory(location), 'postmaster.pid'), { force: true })
  }
}

const isFree = (port: number) => listenOnce(port).then((found) => found === port)

async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw new Error('no free TCP port on 127.0.0.1')
  return port
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address && typeof address === 'object' ? address.port : undefined))
    })
  })
}
