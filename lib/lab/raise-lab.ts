import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { isAlive } from '../setup/process-identity.ts'
import { SetupProblem } from '../setup/setup-problem.ts'
import { debianSources } from './apt-sources.ts'
import { makeCgroup, makeLabCgroups } from './cgroups.ts'
import { withFileLock } from './file-lock.ts'
import { ensureDisks, ensureKey, keyFingerprint } from './host-disks.ts'
import { ensureHostTools } from './host-tools.ts'
import { isOn, startHost } from './lab-host.ts'
import { ensureLabRoot } from './lab-root.ts'
import {
  type FileSystem,
  hostDirectory,
  type LabHost,
  type LabState,
  type PackageSet,
  readLab,
  writeLab,
} from './lab-state.ts'
import { powerOff } from './lower-lab.ts'
import { ensureBridge, hostAddress, MAX_HOSTS } from './network.ts'
import { startPackageCache } from './package-cache.ts'
import { type ReportProgress, reported } from './progress.ts'

const GIB = 1024 ** 3

export type RaiseOptions = {
  /** The lab's own directory; made if missing. */
  dir: string
  hosts: number
  /** Hosts are called NAME1, NAME2, … Default `lab`. Kept from the first time. */
  name?: string
  /** What is installed on a host at first; default `full`. */
  packages?: PackageSet
  /** For /vz of new hosts; default `xfs`. */
  fileSystem?: FileSystem
  /** Size of /vz of new hosts, a sparse file; default 16 GiB. */
  diskBytes?: number
  /** Userlands and packages that labs share between runs; default `DIR/cache`. */
  cacheDir?: string
  progress?: ReportProgress
  signal?: AbortSignal
}

export type Lab = Required<Pick<LabState, 'network'>> & LabState

/**
 * Raises lab hosts, or what is missing of them: harmless when all are up, and after a crash at any instant.
 * Throws SetupProblem for what a person can mend. When it fails, or the signal fires, what it found up stays up
 * and a lab that was down is down again.
 */
export async function raiseLab(options: RaiseOptions): Promise<Lab> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new SetupProblem(
      'Lab hosts need Linux and root.',
      'Run this as root, or start without lab hosts: --no-lab.',
    )
  if (!Number.isInteger(options.hosts) || options.hosts < 1 || options.hosts > MAX_HOSTS)
    throw new SetupProblem(`A lab has from 1 to ${MAX_HOSTS} hosts.`, 'Give a number in that range.')
  mkdirSync(options.dir, { recursive: true, mode: 0o700 })
  const dir = realpathSync(options.dir)
  return withFileLock(path.join(dir, 'lock'), () => raiseLocked({ ...options, dir }), options.signal)
}

async function raiseLocked(options: RaiseOptions): Promise<Lab> {
  const { dir, signal } = options
  const before = readLab(dir)
  const wasUp = before?.hosts.some(isOn) ?? false
  const state: LabState = before ?? {
    version: 1,
    id: randomBytes(4).toString('hex'),
    name: options.name ?? 'lab',
    cgroups: [],
    hosts: [],
  }
  // From here on lab.json tells the name of everything that is made.
  writeLab(dir, state)
  try {
    return await raise(options, state)
  } catch (error) {
    if (!wasUp) await powerOff(dir, state)
    throw signal?.aborted ? signal.reason : error
  }
}

async function raise(options: RaiseOptions, state: LabState): Promise<Lab> {
  const { dir, signal, progress = () => {} } = options
  const save = () => writeLab(dir, state)
  await ensureHostTools(options.fileSystem ?? 'xfs', progress, signal)
  await reported(
    progress,
    'lab-network',
    'Lab network',
    async () => {
      await ensureKey(path.join(dir, 'operator'), 'id_ed25519')
      state.network = await ensureBridge(state.id, state.network)
      state.cgroups = ensureCgroups(state)
      save()
    },
    () => `${state.network?.bridge}, ${state.network?.subnet}`,
  )
  await ensureCache(options, state, save)
  const root = await reported(progress, 'lab-root', 'Debian userland for the lab hosts', () =>
    neededRoot(options, state),
  )
  await addHosts(options, state, root)
  save()
  await Promise.all(state.hosts.map((host) => ensureOn(dir, state, host, save, progress, signal)))
  return state as Lab
}

/** Where they were when this is the same boot, below the caller's own otherwise. */
function ensureCgroups(state: LabState): string[] {
  return state.cgroups.length > 0 && state.cgroups.every((cgroup) => existsSync(cgroup))
    ? state.cgroups
    : makeLabCgroups(state.id)
}

const cacheDirectory = ({ cacheDir, dir }: RaiseOptions) => path.resolve(cacheDir ?? path.join(dir, 'cache'))

async function ensureCache(options: RaiseOptions, state: LabState, save: () => void): Promise<void> {
  if (state.packageCache && isAlive(state.packageCache.server)) return
  await reported(
    options.progress ?? (() => {}),
    'lab-packages',
    'Package cache, the only way out for lab hosts',
    async () => {
      state.packageCache = await startPackageCache({
        cacheDir: cacheDirectory(options),
        bridgeAddress: state.network!.gateway,
        cgroups: helperCgroups(state),
        sources: debianSources(),
      })
      save()
    },
    () => state.packageCache?.url,
  )
}

/** For processes that serve the lab and are not of any host. */
function helperCgroups(state: LabState): string[] {
  return state.cgroups.map((lab) => {
    const cgroup = path.join(lab, 'helpers')
    makeCgroup(cgroup)
    return cgroup
  })
}

/** The root for new hosts. Hosts that are there keep theirs: what lies below an overlay must never change. */
async function neededRoot(options: RaiseOptions, state: LabState): Promise<string> {
  const lost = state.hosts.find((host) => !existsSync(host.root))
  if (lost)
    throw new SetupProblem(
      `The Debian userland of lab host ${lost.name}, ${lost.root}, is gone.`,
      'Lower the lab with --erase and raise it anew: its hosts cannot start without it.',
    )
  const known = state.hosts[0]?.root
  if (known && state.hosts.length >= options.hosts) return known
  return ensureLabRoot({
    cacheDir: cacheDirectory(options),
    packages: options.packages ?? 'full',
    proxy: state.packageCache!.url,
    cgroups: helperCgroups(state),
    signal: options.signal,
  })
}

async function addHosts(
  { dir, hosts, fileSystem = 'xfs', diskBytes = 16 * GIB }: RaiseOptions,
  state: LabState,
  root: string,
): Promise<void> {
  for (let index = state.hosts.length; index < hosts; index++) {
    const name = `${state.name}${index + 1}`
    await ensureDisks(hostDirectory(dir, name), fileSystem, diskBytes)
    state.hosts.push({
      name,
      address: '',
      sshPort: 22,
      rootPassword: randomBytes(15).toString('base64url'),
      hostKeyFingerprint: await keyFingerprint(
        path.join(hostDirectory(dir, name), 'keys', 'ssh_host_ed25519_key.pub'),
      ),
      root,
      fileSystem,
      diskBytes,
    })
  }
  for (const [index, host] of state.hosts.entries()) host.address = hostAddress(state.network!, index)
}

async function ensureOn(
  dir: string,
  state: LabState,
  host: LabHost,
  save: () => void,
  progress: ReportProgress,
  signal?: AbortSignal,
): Promise<void> {
  if (isOn(host)) return
  await reported(
    progress,
    `lab-host-${host.name}`,
    `Lab host ${host.name}`,
    async () => {
      await startClean(dir, state, host, save)
      signal?.throwIfAborted()
    },
    () => host.address,
  )
}

/** Starts a host after clearing what a host that died may have left. */
export async function startClean(
  dir: string,
  state: LabState,
  host: LabHost,
  save: () => void,
): Promise<void> {
  const { stopHost } = await import('./lab-host.ts')
  await stopHost(dir, state, host)
  await startHost(dir, state, host, (init) => {
    host.init = init
    save()
  })
}
