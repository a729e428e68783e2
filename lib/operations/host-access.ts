/** How a saga reaches hosts: handed in by the worker, real over SSH or simulated. Everything rejects with a `Problem`. */
import type { HostLink } from '../contract/agent-protocol.ts'
import type { HostTool } from '../contract/host-facts.ts'
import type { HostCredential } from '../hosts/resource.ts'

/** A host's key as seen without signing in: "ssh-ed25519 AAAA…" and "SHA256:…". */
export type ProbedKey = { hostKey: string; keyType: string; fingerprint: string }

/** What is found on a host before anything is changed there. */
export type Inspection = {
  /** Whether commands run as root, and how. */
  root: 'direct' | 'sudo' | 'none'
  machine: string
  kernel: string
  distribution: { id: string; version: string; name: string }
  /** "apt-get" where it is there, else the first other package manager found. */
  packageManager: string | null
  tools: Record<HostTool, boolean>
  /** Bytes free in / and where /vz is or would be. */
  rootFreeBytes: number
  vzFreeBytes: number
  cgroups: 'v1' | 'v2' | 'none'
  userNamespaces: boolean
}

/** A session with the admin's own credential, for as long as one operation runs. Nothing of the credential stays on the host. */
export interface Enrolment {
  readonly hostKey: ProbedKey
  inspect(signal: AbortSignal): Promise<Inspection>
  /** Answers with those that the host's repositories do not have. */
  installPackages(
    packages: readonly string[],
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<{ unavailable: string[] }>
  /** Agent, release key, directories and the panel's key with its forced command. May be done again. */
  installAgent(operationId: string, signal: AbortSignal): Promise<void>
  /** Takes away what `installAgent` added for this operation. */
  removeAgent(operationId: string, signal: AbortSignal): Promise<void>
}

export interface HostAccess {
  link(hostId: string): Promise<HostLink>
  probe(address: string, port: number, signal: AbortSignal): Promise<ProbedKey>
  enrol(hostId: string, credential: HostCredential | null, signal: AbortSignal): Promise<Enrolment>
  /** The agent's bundle and its signature by the release key. */
  signedAgent(): Promise<{ bundle: string; signature: string }>
  /** Takes the panel's key off a host. */
  leave(hostId: string, key: string, signal: AbortSignal): Promise<void>
  /** Closes the connections to a host. */
  forget(hostId: string): void
}
