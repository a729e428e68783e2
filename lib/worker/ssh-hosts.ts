/** Hosts over SSH: the panel's keys, and one link per host. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { EnrolmentSession } from '../agent-link/enrolment/enrolment-session.ts'
import { probeHostKey } from '../agent-link/probe-host-key.ts'
import { signAgent } from '../agent-link/sign-agent.ts'
import { SshHostLink } from '../agent-link/ssh-host-link.ts'
import type { HostLink } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import type { Host } from '../db/generated/client.ts'
import type { HostCredential } from '../hosts/resource.ts'
import type { Enrolment, ProbedKey } from '../operations/host-access.ts'
import { ensureSshKey } from './keys.ts'

type Address = Pick<Host, 'id' | 'address' | 'port' | 'fingerprint'>

export type SshEnrolment = Enrolment & { readonly closed: boolean; close(): void }

export type SshHosts = {
  link(host: Address): HostLink
  probe(address: string, port: number, signal: AbortSignal): Promise<ProbedKey>
  enrol(host: Host, credential: HostCredential | null, signal: AbortSignal): Promise<SshEnrolment>
  signedAgent(): Promise<{ bundle: string; signature: string }>
  /** The base64 part of the panel's public key. */
  panelKey: string
  forget(hostId: string): void
  close(): void
}

/** The bundle that the build puts beside the worker's own. */
const agentBundle = () => process.env.CORRAL_AGENT ?? path.join(import.meta.dirname, 'agent.js')

export function openSshHosts(dataDir: string): SshHosts {
  const panelKey = ensureSshKey(dataDir, 'host-key')
  const releaseKey = ensureSshKey(dataDir, 'release-key')
  const links = new Map<string, { where: string; link: SshHostLink }>()
  return {
    link(host) {
      if (!host.fingerprint) throw new Problem('conflict', 'The host has no confirmed key yet.')
      const where = JSON.stringify([host.address, host.port, host.fingerprint])
      const known = links.get(host.id)
      if (known?.where === where) return known.link
      known?.link.close()
      const { address, port, fingerprint } = host
      const link = new SshHostLink({ address, port, fingerprint }, panelKey.privateKey)
      links.set(host.id, { where, link })
      return link
    },
    probe: (address, port, signal) => probeHostKey({ address, port }, signal),
    enrol: (host, credential, signal) => enrol(host, credential, { panelKey, releaseKey }, signal),
    async signedAgent() {
      const bundle = await readBundle()
      return { bundle, signature: await signAgent(bundle, releaseKey.path) }
    },
    panelKey: panelKey.publicKey.split(' ')[1] ?? '',
    forget(hostId) {
      links.get(hostId)?.link.close()
      links.delete(hostId)
    },
    close() {
      for (const { link } of links.values()) link.close()
      links.clear()
    },
  }
}

async function enrol(
  host: Host,
  credential: HostCredential | null,
  keys: { panelKey: { publicKey: string }; releaseKey: { publicKey: string } },
  signal: AbortSignal,
) {
  const { address, port, fingerprint, user } = host
  if (!fingerprint) throw new Problem('conflict', 'The host’s key was not confirmed.')
  if (!credential) throw new Problem('sign-in-failed', 'No password or key was given.')
  const auth = { username: user, ...withoutKind(credential) }
  const session = await EnrolmentSession.signIn({ address, port, fingerprint, auth }, signal)
  const [panelKey, releaseKey] = [keys.panelKey.publicKey, keys.releaseKey.publicKey]
  return {
    hostKey: session.hostKey,
    get closed() {
      return session.closed
    },
    inspect: (aborted: AbortSignal) => session.inspect(aborted),
    installPackages: session.installPackages.bind(session),
    async installAgent(operationId: string, aborted: AbortSignal) {
      await session.installAgent(operationId, { bundle: await readBundle(), panelKey, releaseKey }, aborted)
    },
    removeAgent: (operationId: string, aborted: AbortSignal) =>
      session.removeAgent(operationId, panelKey, aborted),
    close: () => session.close(),
  }
}

function withoutKind(credential: HostCredential) {
  if (credential.kind === 'password') return { password: credential.password }
  const { privateKey, passphrase } = credential
  return passphrase ? { privateKey, passphrase } : { privateKey }
}

async function readBundle(): Promise<string> {
  const file = agentBundle()
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Problem('internal', `The agent’s bundle is missing: ${file}. The build makes it.`, {
      cause: error,
    })
  }
}
