import { chownSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity } from '../setup/process-identity.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import type { DebianSources } from './apt-sources.ts'
import { run } from './command.ts'
import { inCgroups, startDetached } from './lab-process.ts'

const FIRST_PORT = 3142
const PORTS = 40
const SLOTS = 16
const START_TIMEOUT_MS = 10_000
/** Made by the Debian package. */
const USER = 'apt-cacher-ng'
const LOCKED = 75

export type PackageCache = { url: string; server: ProcessIdentity }
export type PackageCacheStart = {
  cacheDir: string
  bridgeAddress: string
  cgroups: readonly string[]
  sources: DebianSources
}

/**
 * Starts apt-cacher-ng for one lab: the only way out for its hosts, and only to the mirrors that this machine's own apt uses.
 * Two of them must not share a cache, so each takes a numbered slot of the cache directory and holds a lock on it for life.
 */
export async function startPackageCache(start: PackageCacheStart): Promise<PackageCache> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const cache = await startInSlot(start, path.join(start.cacheDir, `packages-${slot}`))
    if (cache) return cache
  }
  throw new SetupProblem(
    `All ${SLOTS} package caches in ${start.cacheDir} are in use.`,
    'Lower a lab, or give this one another cache directory.',
  )
}

/** Undefined when another lab uses the slot. */
async function startInSlot(
  { cacheDir, bridgeAddress, cgroups, sources }: PackageCacheStart,
  slot: string,
): Promise<PackageCache | undefined> {
  const port = await freePort(['127.0.0.1', bridgeAddress])
  const { uid, gid } = await account(cacheDir)
  const config = path.join(slot, 'config')
  mkdirSync(config, { recursive: true })
  for (const dir of ['cache', 'log']) {
    mkdirSync(path.join(slot, dir), { recursive: true })
    chownSync(path.join(slot, dir), uid, gid)
  }
  const lock = [
    'flock',
    '--nonblock',
    '--no-fork',
    '--conflict-exit-code',
    String(LOCKED),
    path.join(slot, 'lock'),
  ]
  const asUser = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs']
  // It wants a file, but what differs goes on the command line: a start that finds the slot taken must not change what its owner reads.
  writeFileSync(path.join(config, 'corral.conf'), 'ForeGround: 1\n')
  const settings = await cacheSettings(slot, ['127.0.0.1', bridgeAddress], port, sources)
  const log = openSync(path.join(slot, 'log', 'server.log'), 'a')
  const child = startDetached(
    inCgroups(cgroups, [...lock, ...asUser, 'apt-cacher-ng', '-c', config, ...settings]),
    ['ignore', log, log],
  )
  closeSync(log)
  const exit = new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })
  const answer = await Promise.race([exit, answers(bridgeAddress, port)])
  if (answer === LOCKED) return undefined
  const server = child.pid === undefined ? undefined : identityOf(child.pid)
  if (answer === 'answers' && server && isAlive(server))
    return { url: `http://${bridgeAddress}:${port}`, server }
  child.kill('SIGKILL')
  throw new SetupProblem(
    'The package cache (apt-cacher-ng) did not start.',
    `Its log is ${path.join(slot, 'log', 'server.log')}.`,
  )
}

/** The cache runs unprivileged, so each directory above it must let it pass. */
async function account(cacheDir: string): Promise<{ uid: number; gid: number }> {
  mkdirSync(cacheDir, { recursive: true, mode: 0o755 })
  const [, , uid, gid] = (await run(['getent', 'passwd', USER])).split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function cacheSettings(
  slot: string,
  addresses: readonly string[],
  port: number,
  sources: DebianSources,
): Promise<string[]> {
  const upstream = (await run(['apt-config', 'dump', '--format', '%v', 'Acquire::http::Proxy'])).trim()
  return [
    `CacheDir=${path.join(slot, 'cache')}`,
    `LogDir=${path.join(slot, 'log')}`,
    `Port=${port}`,
    `BindAddress=${addresses.join(' ')}`,
    // No administration page, and no address but the mirrors.
    'ReportPage=',
    'ForceManaged=1',
    ...sources.all.map((uri, index) => `Remap-lab${index}=${uri} ; ${uri}`),
    ...(upstream ? [`Proxy=${upstream}`] : []),
  ]
}

async function freePort(addresses: readonly string[]): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
    const free = await Promise.all(addresses.map((address) => isFree(address, port)))
    if (free.every(Boolean)) return port
  }
  throw new SetupProblem(
    `No port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free for the package cache.`,
    'Stop what uses them.',
  )
}

const isFree = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)))
  })

async function answers(host: string, port: number): Promise<'answers' | 'silent'> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (await accepts(host, port)) return 'answers'
    await sleep(50)
  }
  return 'silent'
}

/** True when something takes TCP connections there. */
export const accepts = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2_000, () => settle(false))
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
