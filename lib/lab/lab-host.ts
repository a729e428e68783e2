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
import { SetupProblem } from '../setup/setup-problem.ts'
import { makeHostCgroups, removeCgroups } from './cgroups.ts'
import { diskImages, ensureDisks } from './host-disks.ts'
import { inCgroups, scriptFile, startDetached } from './lab-process.ts'
import { hostDirectory, type LabHost, type LabState, type RaisedLab } from './lab-state.ts'
import { releaseLoopDevices } from './loop-devices.ts'
import { connectHost } from './network.ts'
import { accepts } from './tcp.ts'

/** An emulated machine needs half of it. */
const BOOT_TIMEOUT_MS = 120_000
/** A host may take this share of the machine's memory; several together may not take more than there is, as anywhere. */
const MEMORY_SHARE = 0.7
const PROCESSES = 16_384

export const isOn = (host: LabHost) => host.init !== undefined && isAlive(host.init)

export const hostCgroups = (state: LabState, host: LabHost) =>
  state.cgroups.map((lab) => path.join(lab, host.name))

/**
 * A lab host: namespaces, cgroups, an overlay over a shared userland and a /vz of its own. Its root is root on this kernel:
 * it is kept apart against accidents, as a test machine must be, not against malice. Boots one that is off, first clearing what one that died may have left. `started` is called with its init's identity
 * before anything depends on it, to make it durable. Throws SetupProblem with the end of the host's log; nothing of it is left then.
 */
export async function startHost(
  dir: string,
  lab: RaisedLab,
  host: LabHost,
  started: (init: ProcessIdentity) => void,
): Promise<void> {
  await stopHost(dir, lab, host)
  await ensureDisks(hostDirectory(dir, host.name), host.fileSystem, host.diskBytes)
  const most = { memoryBytes: Math.floor(totalmem() * MEMORY_SHARE), processes: PROCESSES, cpuPercent: null }
  const cgroups = makeHostCgroups(lab.cgroups, host.name, { ...most, ...host.limits })
  const log = path.join(hostDirectory(dir, host.name), 'boot.log')
  const child = spawnNamespaces(inCgroups(cgroups, initArguments(dir, lab, host)), log)
  try {
    await boot(child, lab, host, started)
  } catch (error) {
    await stopHost(dir, lab, host)
    const said = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
    const message = `Lab host ${host.name} did not start: ${(error as Error).message}${said && `\n${said}`}`
    throw new SetupProblem(message, `Run the command again; its log is ${log}.`, { cause: error })
  } finally {
    for (const stream of [child.stdin, child.stdout]) stream?.destroy()
  }
}

/** The cgroup namespace is made only here, inside the cgroup: its root is the cgroup that its maker is in. */
function initArguments(dir: string, { network, packageCache }: RaisedLab, host: LabHost): string[] {
  const { name, root, address, fileSystem } = host
  const script = ['sh', scriptFile('host-init.sh'), hostDirectory(dir, name), root, name]
  return [
    'unshare',
    '--cgroup',
    '--',
    ...script,
    `${address}/24`,
    network.gateway,
    fileSystem,
    packageCache.url,
  ]
}

function spawnNamespaces(argv: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'w', 0o600)
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--uts', '--ipc', '--net']
  const child = startDetached(['unshare', ...namespaces, '--', ...argv], ['pipe', 'pipe', log])
  closeSync(log)
  child.stdin?.on('error', () => {})
  return child
}

/** The conversation with host-init.sh; its other end is described there. */
async function boot(
  child: ChildProcess,
  lab: RaisedLab,
  host: LabHost,
  started: (init: ProcessIdentity) => void,
): Promise<void> {
  const hear = listener(child)
  const pid = Number((await hear('pid ')).slice('pid '.length))
  const init = identityOf(pid)
  if (!init) throw new Error('its init ended at once')
  started(init)
  await connectHost(lab.network.bridge, lab.id, lab.hosts.indexOf(host), pid)
  child.stdin?.write(`go\n${host.rootPassword}\n`)
  await hear('ready')
  await answersSsh(host, init)
}

/** Waits for the next line that the child says, which must start as given. Throws when it ends or is silent. */
function listener(child: ChildProcess): (prefix: string) => Promise<string> {
  if (!child.stdout) throw new Error('stdout is no pipe')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return async (prefix) => {
    const line = await Promise.race([lines.next(), sleep(BOOT_TIMEOUT_MS, undefined, { ref: false })])
    if (line === undefined) throw new Error(`no "${prefix.trim()}" within ${BOOT_TIMEOUT_MS / 1000} s`)
    if (line.done) throw new Error('its start script ended')
    if (!line.value.startsWith(prefix)) throw new Error(`it said "${line.value}"`)
    return line.value
  }
}

async function answersSsh(host: LabHost, init: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + BOOT_TIMEOUT_MS
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
    await waitUntilGone(host.init, BOOT_TIMEOUT_MS)
    delete host.init
  }
  await removeCgroups(hostCgroups(state, host))
  await releaseLoopDevices(diskImages(hostDirectory(dir, host.name)))
}
