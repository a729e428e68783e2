/** What the sagas of hosts share: writing down what a host is, and what became of it. */
import type { AgentResult } from '../../contract/agent-protocol.ts'
import type { Db } from '../../db/client.ts'
import { Prisma } from '../../db/generated/client.ts'
import { emitEvent } from '../../events/emit.ts'

/** Writes to a host's row, if it is still there, and tells its listeners. */
export async function updateHost(tx: Db, hostId: string, data: Prisma.HostUpdateInput): Promise<void> {
  const [host] = await tx.host.updateManyAndReturn({
    where: { id: hostId },
    data: data as Prisma.HostUpdateManyMutationInput,
    select: { id: true, accountId: true },
  })
  if (host) await emitEvent(tx, { topic: 'host', ...host })
}

/** A host's columns from what its agent read. */
export function factColumns(output: unknown) {
  const { agentVersion, facts, capabilities } = output as AgentResult<'host-facts'>
  return {
    facts,
    capabilities,
    factsAt: new Date(),
    agentVersion,
    arch: facts.arch,
    memoryBytes: facts.memoryBytes,
    diskBytes: facts.vz.totalBytes,
    cpus: facts.cpus,
    problem: Prisma.DbNull,
  }
}
