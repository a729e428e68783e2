import { ownedBy, ownedOrOffered } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Arch } from '../contract/arch.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import type { Db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import type { Held } from './load-figures.ts'
import type { Candidate } from './placement.ts'
import { NOTHING_PROMISED, promisedByHost } from './promised.ts'
import { type SpreadGroup, spreadByHost } from './spread.ts'

/** One host that the viewer may see, as placement judges it; null when there is none by this id. */
export async function candidateById(tx: Db, viewer: Viewer, hostId: string, templateId: string) {
  const where = { AND: [{ id: hostId }, ownedBy(viewer, 'host:read')] }
  return (await candidates(tx, where, templateId))[0] ?? null
}

/** As above, for the worker, which has no viewer. */
export async function candidateOf(tx: Db, hostId: string, templateId: string): Promise<Candidate | null> {
  return (await candidates(tx, { id: hostId }, templateId))[0] ?? null
}

/** All hosts of an account, for the worker. */
export function candidatesOf(tx: Db, accountId: string, templateId: string): Promise<Candidate[]> {
  return candidates(tx, { accountId }, templateId)
}

/** The hosts that placement may choose from: the viewer's, and those that accounts above offer. */
export function candidatesFor(
  tx: Db,
  viewer: Viewer,
  templateId: string,
  spread: SpreadGroup | null = null,
): Promise<Candidate[]> {
  return candidates(tx, ownedOrOffered(viewer, 'host:read'), templateId, spread)
}

async function candidates(
  tx: Db,
  where: Prisma.HostWhereInput,
  templateId: string,
  spread: SpreadGroup | null = null,
): Promise<Candidate[]> {
  const rows = await tx.host.findMany({
    where,
    orderBy: { name: 'asc' },
    select: {
      id: true,
      name: true,
      status: true,
      arch: true,
      facts: true,
      capabilities: true,
      memoryBytes: true,
      diskBytes: true,
      sample: true,
      caches: { where: { templateId }, select: { sizeBytes: true } },
    },
  })
  const promised = await promisedByHost(
    tx,
    rows.map((row) => row.id),
  )
  const together = spread ? await spreadByHost(tx, spread) : new Map<string, number>()
  return rows.map((row) => {
    const running = (row.capabilities as CapabilityReport | null)?.['ve-run']
    const cache = row.caches[0]
    return {
      id: row.id,
      name: row.name,
      status: row.status,
      arch: row.arch as Arch | null,
      cgroupVersion: (row.facts as HostFacts | null)?.cgroupVersion ?? null,
      cannotRun: running && !running.available ? (running.reason ?? 'it does not say why.') : null,
      memoryBytes: row.memoryBytes === null ? null : Number(row.memoryBytes),
      diskBytes: row.diskBytes === null ? null : Number(row.diskBytes),
      heldBytes: (row.sample as { held?: Held } | null)?.held?.memory ?? 0,
      promised: promised.get(row.id) ?? NOTHING_PROMISED,
      together: together.get(row.id) ?? 0,
      templateBytes: cache ? Number(cache.sizeBytes) : null,
      capabilities: row.capabilities as CapabilityReport | null,
      facts: row.facts as Partial<HostFacts> | null,
    }
  })
}
