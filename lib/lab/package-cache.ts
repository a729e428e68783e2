import type { ChildProcess } from 'node:child_process'
import { chownSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOf, isAlive, type ProcessIdentity } from '../setup/process-identity.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import { type DebianSources, throughCache } from './apt-sources.ts'
import { run } from './command.ts'
import { inCgroups, scriptFile, startDetached } from './lab-process.ts'
import { accepts, isFreePort } from './tcp.ts'

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
  /** Preferred, as hosts that are up know it. */
  port?: number
}

/**
 * Starts apt-cacher-ng for one lab: the only way out for its hosts, and only to the mirrors that this machine's own apt
 * uses. Two of them must not share a cache, so each takes a numbered slot of the cache directory and holds a lock on it
 * for life.
 */
export async function startPackageCache(start: PackageCacheStart): Promise<PackageCache> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const cache = await startInSlot(start, path.join(start.cacheDir, `packages-${slot}`))
    if (cache) return cache
  }
  throw new SetupProblem(
    `All ${SLOTS} package caches in ${start.cacheDir} are in use.`,
    'Lower a lab that is no longer needed.',
  )
}

/** Undefined when another lab uses the slot. */
async function startInSlot(start: PackageCacheStart, slot: string): Promise<PackageCache | undefined> {
  const { bridgeAddress, cgroups } = start
  const addresses = ['127.0.0.1', bridgeAddress]
  const port = await freePort(addresses, start.port)
  const user = await account()
  prepareSlot(slot, user)
  const argv = [
    ...['flock', '--nonblock', '--no-fork', '--conflict-exit-code', String(LOCKED), path.join(slot, 'lock')],
    ...['unshare', '--mount', '--propagation', 'private', 'sh', scriptFile('package-cache-init.sh'), slot],
    ...['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'],
    // Settings are arguments, not in the file: a start that finds the slot taken must not change what its owner reads.
    ...[
      'apt-cacher-ng',
      '-c',
      '/etc/apt-cacher-ng',
      ...(await cacheSettings(addresses, port, start.sources)),
    ],
  ]
  const logFile = path.join(slot, 'log', 'server.log')
  const log = openSync(logFile, 'a')
  const child = startDetached(inCgroups(cgroups, argv), ['ignore', log, log])
  closeSync(log)
  const outcome = await Promise.race([exitOf(child), answers(bridgeAddress, port)])
  if (outcome === LOCKED) return undefined
  const server = child.pid === undefined ? undefined : identityOf(child.pid)
  if (outcome === 'answers' && server && isAlive(server))
    return { url: `http://${bridgeAddress}:${port}`, server }
  child.kill('SIGKILL')
  throw new SetupProblem(
    'The package cache of the lab (apt-cacher-ng) did not start.',
    `Its log is ${logFile}.`,
  )
}

async function account(): Promise<{ uid: number; gid: number }> {
  const [, , uid, gid] = (await run(['getent', 'passwd', USER])).split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

function prepareSlot(slot: string, { uid, gid }: { uid: number; gid: number }): void {
  mkdirSync(path.join(slot, 'config'), { recursive: true })
  // It does not start without a file.
  writeFileSync(path.join(slot, 'config', 'corral.conf'), 'ForeGround: 1\n')
  for (const dir of ['cache', 'log']) {
    mkdirSync(path.join(slot, dir), { recursive: true })
    chownSync(path.join(slot, dir), uid, gid)
  }
}

async function cacheSettings(
  addresses: readonly string[],
  port: number,
  sources: DebianSources,
): Promise<string[]> {
  const upstream = (await run(['apt-config', 'dump', '--format', '%v', 'Acquire::http::Proxy'])).trim()
  return [
    'CacheDir=/var/cache/apt-cacher-ng',
    'LogDir=/var/log/apt-cacher-ng',
    `Port=${port}`,
    `BindAddress=${addresses.join(' ')}`,
    // No administration page, and no address but the mirrors.
    'ReportPage=',
    'ForceManaged=1',
    ...sources.all.map((uri, index) => `Remap-lab${index}=${throughCache(uri)} ; ${uri}`),
    ...(upstream ? [`Proxy=${upstream}`] : []),
  ]
}

async function freePort(addresses: readonly string[], preferred = FIRST_PORT): Promise<number> {
  for (const port of [preferred, ...Array.from({ length: PORTS }, (_, n) => FIRST_PORT + n)]) {
    const free = await Promise.all(addresses.map((address) => isFreePort(address, port)))
    if (free.every(Boolean)) return port
  }
  throw new SetupProblem(
    `No port from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} is free for the lab's package cache.`,
    'Stop what listens there.',
  )
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => {
    child.once('exit', resolve)
    child.once('error', () => resolve(null))
  })

async function answers(host: string, port: number): Promise<'answers' | 'silent'> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (await accepts(host, port)) return 'answers'
    await sleep(50)
  }
  return 'silent'
}
