import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { isAlive } from '../setup/process-identity.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import { debianSources } from './apt-sources.ts'
import { type HostLimits, labCgroupPaths, makeCgroup, makeCgroups, removeCgroups } from './cgroups.ts'
import { withFileLock } from './file-lock.ts'
import { ensureDisks, ensureKey, keyFingerprint } from './host-disks.ts'
import { ensureHostTools } from './host-tools.ts'
import { isOn, startHost } from './lab-host.ts'
import { ensureLabRoot } from './lab-root.ts'
import {
  type FileSystem,
  hostDirectory,
  isRaised,
  type LabHost,
  type LabState,
  type PackageSet,
  type RaisedLab,
  readLab,
  writeLab,
} from './lab-state.ts'
import { powerOff } from './lower-lab.ts'
import { ensureBridge, hostAddress, MAX_HOSTS } from './network.ts'
import { startPackageCache } from './package-cache.ts'
import { type ReportProgress, reported } from './progress.ts'
import { accepts } from './tcp.ts'

const GIB = 1024 ** 3
/** A userland, packages, a template and a few VEs. */
const FREE_NEEDED = 4 * GIB

export type RaiseOptions = {
  /** The lab's own directory; made if missing. */
  dir: string
  hosts: number
  /** Hosts are called NAME1, NAME2, … Default `lab`. Kept from the first time. */
  name?: string
  /** What is installed on a new host; default `full`. */
  packages?: PackageSet
  /** For /vz of new hosts; default `xfs`. */
  fileSystem?: FileSystem
  /** Size of /vz of new hosts, a sparse file; default 16 GiB. */
  diskBytes?: number
  /** What each new host as a whole may take of this machine, where that is less than usual. */
  hostLimits?: Partial<HostLimits>
  /** Userlands and packages that labs share and keep between runs; default /var/cache/corral. */
  cacheDir?: string
  progress?: ReportProgress
  signal?: AbortSignal
}

type Raising = Required<Omit<RaiseOptions, 'name' | 'signal'>> & { signal?: AbortSignal; state: LabState }

const DEFAULTS = {
  packages: 'full',
  fileSystem: 'xfs',
  diskBytes: 16 * GIB,
  hostLimits: {},
  cacheDir: '/var/cache/corral',
  progress: () => {},
} as const

/**
 * Raises lab hosts, or what is missing of them: harmless when all are up, and after a crash at any instant.
 * Throws SetupProblem for what a person can mend, the signal's reason when that fires. A lab that was down before is
 * down again then; of one that was up, what was up stays.
 */
export async function raiseLab(options: RaiseOptions): Promise<RaisedLab> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new SetupProblem(
      'Lab hosts need Linux and root.',
      'Run this as root, or start without them: --no-lab.',
    )
  if (!Number.isInteger(options.hosts) || options.hosts < 1 || options.hosts > MAX_HOSTS)
    throw new SetupProblem(`A lab has from 1 to ${MAX_HOSTS} hosts.`, 'Give a number in that range.')
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  const dir = realpathSync(options.dir)
  return withFileLock(path.join(dir, 'lock'), () => raiseLocked({ ...options, dir }), options.signal)
}

async function raiseLocked({ name, signal, ...options }: RaiseOptions): Promise<RaisedLab> {
  const { dir } = options
  const raising = { ...DEFAULTS, ...definedOf(options), signal }
  const before = readLab(dir)
  if (before && name !== undefined && name !== before.name)
    throw new SetupProblem(
      `The lab in ${dir} is called ${before.name}, not ${name}.`,
      'Give this one another directory.',
    )
  debianSources() // says so at once when this is not a Debian
  // Before anything is made: undoing needs the same tools.
  await ensureHostTools(raising.fileSystem, raising.progress)
  signal?.throwIfAborted()
  const wasUp = before?.hosts.some(isOn) ?? false
  const id = randomBytes(4).toString('hex')
  const state: LabState = before ?? { version: 1, id, name: name ?? 'lab', cgroups: [], hosts: [] }
  // From here on lab.json tells the names of everything that is made.
  writeLab(dir, state)
  try {
    return await raise({ ...raising, state })
  } catch (error) {
    if (!wasUp) await powerOff(dir, state)
    throw signal?.aborted ? signal.reason : error
  }
}

/** An option given as undefined is one that was not given. */
const definedOf = <T extends object>(options: T) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T

async function raise(raising: Raising): Promise<RaisedLab> {
  const { dir, state, signal } = raising
  if (!state.hosts.every(isOn) || state.hosts.length < raising.hosts) await checkSpace(dir)
  await ensureNetwork(raising)
  await ensureCache(raising)
  if (!isRaised(state)) throw new Error('The lab has no network or no package cache')
  await ensureHosts(raising, state)
  const answering = await Promise.all(state.hosts.map(answers))
  const off = state.hosts.filter((_, index) => !answering[index])
  // All of them come to an end before anything is said or undone: one that is half up must not be lowered under its maker.
  const started = await Promise.allSettled(off.map((host) => boot(raising, state, host)))
  signal?.throwIfAborted()
  for (const result of started) if (result.status === 'rejected') throw result.reason
  return state
}

/** A host whose raiser was killed while it booted is on for a moment yet. */
const answers = async (host: LabHost) => isOn(host) && (await accepts(host.address, host.sshPort))

async function checkSpace(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir)
  if (bavail * bsize < FREE_NEEDED)
    throw new SetupProblem(
      `Lab hosts need ${FREE_NEEDED / GIB} GiB free where ${dir} is.`,
      'Free some space there, or choose a directory on another disk.',
    )
}

async function ensureNetwork({ dir, state, progress }: Raising): Promise<void> {
  const make = async () => {
    await ensureKey(path.join(dir, 'operator'), 'id_ed25519')
    const network = await ensureBridge(state.id, state.network)
    state.network = network
    for (const [index, host] of state.hosts.entries()) host.address = hostAddress(network, index)
    // Where they were when this is the same boot, below the caller's own otherwise.
    const stillThere = state.cgroups.length > 0 && state.cgroups.every((cgroup) => existsSync(cgroup))
    if (!stillThere) state.cgroups = labCgroupPaths(state.id)
    writeLab(dir, state)
    for (const cgroup of state.cgroups) makeCgroup(cgroup)
    return network
  }
  await reported(
    progress,
    'lab-network',
    'Network of the lab',
    make,
    ({ bridge, subnet }) => `${bridge}, ${subnet}`,
  )
}

async function ensureCache({ dir, cacheDir, state, progress }: Raising): Promise<void> {
  const { network, packageCache } = state
  if (!network || (packageCache && isAlive(packageCache.server))) return
  const start = async () => {
    // One whose start was interrupted before it was written down may still be there.
    await removeCgroups(state.cgroups.map((lab) => path.join(lab, 'helpers')))
    const cache = await startPackageCache({
      cacheDir: path.resolve(cacheDir),
      bridgeAddress: network.gateway,
      cgroups: makeCgroups(state.cgroups, 'helpers'),
      sources: debianSources(),
      port: packageCache && Number(new URL(packageCache.url).port),
    })
    state.packageCache = cache
    writeLab(dir, state)
    return cache
  }
  await reported(progress, 'lab-packages', "Package cache, the lab's only way out", start, ({ url }) => url)
}

/** Makes the hosts that are missing. Those that are there keep their root: what lies below an overlay must never change. */
async function ensureHosts(raising: Raising, lab: RaisedLab): Promise<void> {
  const { dir, state, cacheDir, packages, progress, signal } = raising
  const lost = state.hosts.find((host) => !existsSync(host.root))
  if (lost)
    throw new SetupProblem(
      `The Debian userland below lab host ${lost.name}, ${lost.root}, is gone.`,
      `The lab's hosts cannot start without it: remove ${dir} and raise the lab anew.`,
    )
  if (state.hosts.length >= raising.hosts) return
  const build = (say: (detail: string) => void) =>
    ensureLabRoot({
      say,
      cacheDir: path.resolve(cacheDir),
      packages,
      proxy: lab.packageCache.url,
      labCgroups: state.cgroups,
      signal,
    })
  const root = await reported(progress, 'lab-root', 'Debian userland for the lab hosts', build)
  while (state.hosts.length < raising.hosts) state.hosts.push(await makeHost(raising, lab, root))
  writeLab(dir, state)
}

async function makeHost(
  { dir, state, fileSystem, diskBytes, hostLimits }: Raising,
  lab: RaisedLab,
  root: string,
): Promise<LabHost> {
  const index = state.hosts.length
  const name = `${state.name}${index + 1}`
  const at = hostDirectory(dir, name)
  await ensureDisks(at, fileSystem, diskBytes)
  return {
    name,
    address: hostAddress(lab.network, index),
    sshPort: 22,
    rootPassword: randomBytes(15).toString('base64url'),
    hostKeyFingerprint: await keyFingerprint(path.join(at, 'keys', 'ssh_host_ed25519_key.pub')),
    root,
    fileSystem,
    diskBytes,
    limits: hostLimits,
  }
}

async function boot({ dir, progress, signal }: Raising, lab: RaisedLab, host: LabHost): Promise<void> {
  const start = async () => {
    signal?.throwIfAborted()
    await startHost(dir, lab, host, (init) => {
      host.init = init
      writeLab(dir, lab)
    })
  }
  await reported(progress, `lab-host-${host.name}`, `Lab host ${host.name}`, start, () => host.address)
}
