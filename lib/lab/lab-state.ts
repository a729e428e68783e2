import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { ProcessIdentity } from '../setup/process-identity.ts'
import type { HostLimits } from './cgroups.ts'

export const FILE_SYSTEMS = ['xfs', 'btrfs', 'ext4'] as const
export type FileSystem = (typeof FILE_SYSTEMS)[number]

export const PACKAGE_SETS = ['bare', 'full'] as const
export type PackageSet = (typeof PACKAGE_SETS)[number]

export type LabHost = {
  name: string
  /** IPv4 address on the lab's bridge. */
  address: string
  sshPort: number
  rootPassword: string
  /** `SHA256:…` of its Ed25519 host key. */
  hostKeyFingerprint: string
  /** Where the shared userland below its overlay is. Never changed under an existing overlay. */
  root: string
  fileSystem: FileSystem
  /** Size of the (sparse) image that /vz is on. */
  diskBytes: number
  /** What it may take of this machine, where that is less than usual. */
  limits?: Partial<HostLimits>
  /** Pid 1 of the host as this machine sees it; absent while the host is off. */
  init?: ProcessIdentity
}

export type LabNetwork = {
  bridge: string
  /** CIDR, such as 10.77.0.0/24. */
  subnet: string
  gateway: string
  /** Addresses of the subnet that are free for VEs. */
  addressPool: { cidr: string; first: string; last: string }
}

/** What `lab.json` holds: enough to undo everything, whenever the process that raised the lab died. */
export type LabState = {
  version: 1
  /** Eight hex digits, in the name of everything the lab makes on the machine. */
  id: string
  name: string
  network?: LabNetwork
  /** The lab's own directory in each cgroup hierarchy. */
  cgroups: string[]
  packageCache?: { url: string; server: ProcessIdentity }
  hosts: LabHost[]
}

/** A lab whose hosts can be started. */
export type RaisedLab = LabState & Required<Pick<LabState, 'network' | 'packageCache'>>

export const isRaised = (state: LabState): state is RaisedLab =>
  state.network !== undefined && state.packageCache !== undefined

export const labFile = (dir: string) => path.join(dir, 'lab.json')
export const hostDirectory = (dir: string, name: string) => path.join(dir, 'hosts', name)

/** Undefined when no lab was ever raised in this directory. */
export function readLab(dir: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(labFile(dir), 'utf8')) as LabState
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Durable and never half written. Mode 600: it holds the hosts' root passwords. */
export function writeLab(dir: string, state: LabState): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const temporary = `${labFile(dir)}.new`
  const file = openSync(temporary, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(state, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(temporary, labFile(dir))
}
