/** Hosts as pages and the API see them: what was last seen, never a question to the host. */
import * as z from 'zod/mini'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { storedProblem } from '../auth/stored-problem.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { WatchSample } from '../contract/agent-protocol.ts'
import type { Arch } from '../contract/arch.ts'
import type { CapabilityReport } from '../contract/capabilities.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import type { Page } from '../contract/resource.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { keyset, keysetArguments, keysetPage, listQuery, sortOf } from '../db/keyset.ts'
import { NOTHING_PROMISED, type Promised, promisedByHost } from './promised.ts'
import { HOST_STATUSES, type HostResource } from './resource.ts'

export const hostListQuery = z.object({
  ...listQuery,
  sort: sortOf(['name', 'address', 'createdAt']),
  status: z.optional(z.enum(HOST_STATUSES)),
  /** Only hosts that have this template's cache. */
  templateId: z.optional(z.uuid()),
})
const include = { group: { select: { id: true, name: true } } } as const satisfies Prisma.HostInclude
type Row = Prisma.HostGetPayload<{ include: typeof include }>

export type HostListQuery = z.infer<typeof hostListQuery>

/** By name unless sorted otherwise. */
export async function listHosts(viewer: Viewer, query: HostListQuery = {}): Promise<Page<HostResource>> {
  const set = keyset(query, 'name')
  const page = keysetArguments(set)
  const where: Prisma.HostWhereInput = {
    ...ownedBy(viewer, 'host:read'),
    ...(query.status ? { status: query.status } : {}),
    ...(query.templateId ? { caches: { some: { templateId: query.templateId } } } : {}),
    ...(query.q
      ? { OR: ['name' as const, 'address' as const].map((field) => contains(field, query.q ?? '')) }
      : {}),
  }
  const [rows, total] = await Promise.all([
    db().host.findMany({ ...page, where: { AND: [where, page.where] }, include }),
    db().host.count({ where }),
  ])
  const { rows: shown, next } = keysetPage(set, rows)
  const promised = await promisedByHost(
    db(),
    shown.map((row) => row.id),
  )
  return {
    items: shown.map((row) => toResource(viewer, row, promised.get(row.id) ?? NOTHING_PROMISED)),
    next,
    total,
  }
}

const contains = (field: 'name' | 'address', text: string): Prisma.HostWhereInput => ({
  [field]: { contains: text, mode: 'insensitive' },
})

/** Throws `not-found`. */
export async function getHost(viewer: Viewer, id: string, on: Db = db()): Promise<HostResource> {
  const where = { id: idOf('host', id), ...ownedBy(viewer, 'host:read') }
  const row = await on.host.findFirst({ where, include })
  if (!row) throw notFound('host')
  const promised = await promisedByHost(on, [row.id])
  return toResource(viewer, row, promised.get(row.id) ?? NOTHING_PROMISED)
}

function toResource(viewer: Viewer, row: Row, promised: Promised): HostResource {
  const facts = row.facts as HostFacts | null
  const sample = row.sample as Pick<WatchSample, 'vzFreeBytes' | 'load1'> | null
  return {
    id: row.id,
    name: row.name,
    group: row.group,
    address: row.address,
    port: row.port,
    user: row.user,
    simulated: row.simulated,
    status: row.status,
    problem: storedProblem(viewer, row.problem),
    maintenanceSince: row.maintenanceAt?.toISOString() ?? null,
    fingerprint: row.fingerprint,
    arch: row.arch as Arch | null,
    cpus: row.cpus,
    memoryBytes: row.memoryBytes === null ? null : Number(row.memoryBytes),
    memoryPromisedBytes: promised.memoryBytes,
    diskBytes: row.diskBytes === null ? null : Number(row.diskBytes),
    diskFreeBytes: sample?.vzFreeBytes ?? facts?.vz.freeBytes ?? null,
    diskPromisedBytes: promised.diskBytes,
    load1: sample?.load1 ?? null,
    ves: promised.ves,
    facts,
    capabilities: row.capabilities as CapabilityReport | null,
    agentVersion: row.agentVersion,
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}
