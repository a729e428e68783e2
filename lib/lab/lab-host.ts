import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  identityOf,
  isAlive,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from '../setup/process-identity.ts'
import { makeHostCgroups, removeCgroups } from './cgroups.ts'
import { diskImages, ensureDisks } from './host-disks.ts'
import { inCgroups, scriptFile, startDetached } from './lab-process.ts'
import { hostDirectory, type LabHost, type LabState } from './lab-state.ts'
import { releaseLoopDevices } from './loop-devices.ts'
import { connectHost } from './network.ts'
import { accepts } from './package-cache.ts'

const INIT_TIMEOUT_MS = 30_000
const SSHD_TIMEOUT_MS = 30_000
/** A host may take this share of the machine's memory; several together may not take more than there is, as anywhere. */
const MEMORY_SHARE = 0.7
const PROCESSES = 16_384

export const isOn = (host: LabHost) => host.init !== undefined && isAlive(host.init)

const hostCgroups = (state: LabState, host: LabHost) => state.cgroups.map((lab) => path.join(lab, host.name))

/**
 * Boots a host that is off. `started` is called with its init's identity before anything depends on it, to make it durable.
 * Throws with the end of the host's log; nothing is left running then.
 */
export async function startHost(
  dir: string,
  state: LabState,
  host: LabHost,
  started: (init: ProcessIdentity) => void,
): Promise<void> {
  const { network, packageCache } = state
  if (!network || !packageCache) throw new Error(`Lab ${state.name} has no network or package cache yet`)
  const at = hostDirectory(dir, host.name)
  await ensureDisks(at, host.fileSystem, host.diskBytes)
  const cgroups = makeHostCgroups(state.cgroups, host.name, {
    memoryBytes: Math.floor(totalmem() * MEMORY_SHARE),
    processes: PROCESSES,
  })
  const init = [
    'sh',
    scriptFile('host-init.sh'),
    at,
    host.root,
    host.name,
    `${host.address}/24`,
    network.gateway,
    host.fileSystem,
    packageCache.url,
  ]
  const log = path.join(at, 'boot.log')
  const child = spawnNamespaces(inCgroups(cgroups, ['unshare', '--cgroup', '--', ...init]), log)
  try {
    const lines = linesOf(child)
    const pid = Number((await lines.next('pid ')).slice(4))
    const identity = identityOf(pid)
    if (!identity) throw new Error('its init ended at once')
    started(identity)
    await connectHost(network.bridge, linkName(state, host), pid)
    child.stdin?.write(`go\n${host.rootPassword}\n`)
    await lines.next('ready')
    await answersSsh(host, identity)
  } catch (error) {
    await stopHost(dir, state, host)
    const said = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
    throw new Error(
      `Lab host ${host.name} did not start: ${(error as Error).message}${said ? `\n${said}` : ''}`,
      { cause: error },
    )
  } finally {
    for (const stream of [child.stdin, child.stdout]) stream?.destroy()
  }
}

/** The cgroup namespace comes later, inside: its root is the cgroup that its maker is in. */
function spawnNamespaces(argv: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'w', 0o600)
  const unshare = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--uts',
    '--ipc',
    '--net',
    '--fork',
    '--',
  ]
  const child = startDetached([...unshare, ...argv], ['pipe', 'pipe', log])
  closeSync(log)
  child.stdin?.on('error', () => {})
  return child
}

/** Interface names end at 15 characters. */
const linkName = (state: LabState, host: LabHost) => `cl${state.id}.${state.hosts.indexOf(host) + 1}`

/** The lines that host-init.sh says, one at a time; throws when it ends or is silent. */
function linesOf(child: ChildProcess) {
  if (!child.stdout) throw new Error('stdout is no pipe')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (prefix: string): Promise<string> => {
    const line = await Promise.race([lines.next(), sleep(INIT_TIMEOUT_MS, undefined, { ref: false })])
    if (line === undefined)
      throw new Error(`it did not say "${prefix.trim()}" within ${INIT_TIMEOUT_MS / 1000} s`)
    if (line.done) throw new Error('its start script ended')
    if (!line.value.startsWith(prefix)) throw new Error(`it said "${line.value}"`)
    return line.value
  }
  return { next }
}

async function answersSsh(host: LabHost, init: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + SSHD_TIMEOUT_MS
  while (!(await accepts(host.address, host.sshPort))) {
    if (!isAlive(init)) throw new Error('its init ended')
    if (Date.now() > deadline) throw new Error(`sshd does not answer on ${host.address}`)
    await sleep(20)
  }
}

/** Pulls the plug. Returns when nothing of the host runs or is attached; its disks stay. Harmless when it is off. */
export async function stopHost(dir: string, state: LabState, host: LabHost): Promise<void> {
  if (host.init) {
    // Killing pid 1 makes the kernel kill all of its pid namespace.
    signalProcess(host.init, 'SIGKILL')
    await waitUntilGone(host.init, INIT_TIMEOUT_MS)
  }
  await removeCgroups(hostCgroups(state, host))
  await releaseLoopDevices(diskImages(hostDirectory(dir, host.name)))
}
