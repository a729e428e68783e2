/** How this worker reaches hosts: by SSH, or in memory for simulated ones. One link per host, shared by all operations. */
import { enrolSimulatedHost } from '../../agents/sim/simulated-enrolment.ts'
import { SimulatedHost } from '../../agents/sim/simulated-host.ts'
import type { HostLink } from '../contract/agent-protocol.ts'
import { Problem } from '../contract/problem.ts'
import { db } from '../db/client.ts'
import type { Host } from '../db/generated/client.ts'
import type { HostCredential } from '../hosts/resource.ts'
import type { Enrolment, HostAccess } from '../operations/host-access.ts'
import { simulatedDisk } from './simulated-disk.ts'
import type { SshEnrolment, SshHosts } from './ssh-hosts.ts'

export class Hosts {
  readonly #ssh: SshHosts
  readonly #simulated = new Map<string, SimulatedHost>()

  constructor(ssh: SshHosts) {
    this.#ssh = ssh
  }

  /** The link to a host. Throws `not-found`; the connection itself is made by the first call. */
  async link(hostId: string): Promise<HostLink> {
    return this.linkTo(await loadHost(hostId))
  }

  linkTo(host: Pick<Host, 'id' | 'name' | 'simulated' | 'address' | 'port' | 'fingerprint'>): HostLink {
    if (!host.simulated) return this.#ssh.link(host)
    const known = this.#simulated.get(host.id)
    if (known) return known
    const made = new SimulatedHost(host.name, simulatedDisk(host.id))
    this.#simulated.set(host.id, made)
    return made
  }

  /** What one operation may use; `close` ends the sessions that were signed in to for it. */
  forOperation(): HostAccess & { close(): Promise<void> } {
    const sessions = new Map<string, Promise<Enrolment & Partial<SshEnrolment>>>()
    const signIn = async (hostId: string, credential: HostCredential | null, signal: AbortSignal) => {
      const host = await loadHost(hostId)
      if (host.simulated) return enrolSimulatedHost(host.name)
      return this.#ssh.enrol(host, credential, signal)
    }
    return {
      link: (hostId) => this.link(hostId),
      probe: (address, port, signal) => this.#ssh.probe(address, port, signal),
      signedAgent: () => this.#ssh.signedAgent(),
      async enrol(hostId, credential, signal) {
        const known = sessions.get(hostId)
        // One whose connection broke is of no use to the next step or the undo.
        if (known && !(await known).closed) return known
        const session = signIn(hostId, credential, signal)
        sessions.set(hostId, session)
        // A sign-in that failed is tried afresh by the next step or the undo.
        session.catch(() => sessions.delete(hostId))
        return session
      },
      leave: async (hostId, key, signal) => {
        const link = await this.link(hostId)
        await link.call('host-leave', { panelKey: this.#ssh.panelKey }, { key, signal })
      },
      forget: (hostId) => {
        this.#simulated.delete(hostId)
        this.#ssh.forget(hostId)
      },
      async close() {
        for (const session of await Promise.allSettled(sessions.values()))
          if (session.status === 'fulfilled') session.value.close?.()
      },
    }
  }

  close(): void {
    this.#ssh.close()
  }
}

async function loadHost(hostId: string): Promise<Host> {
  const host = await db().host.findUnique({ where: { id: hostId } })
  if (!host) throw new Problem('not-found', 'This host does not exist any more.')
  return host
}
