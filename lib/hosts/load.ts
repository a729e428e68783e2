/** Load figures of hosts, from what is recorded: load-figures.ts says what they are. */
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import type { Arch } from '../contract/arch.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { type Db, db } from '../db/client.ts'
import { type Committed, type Held, type HostLoad, loadOf, NOTHING_HELD, plus } from './load-figures.ts'

/** Throws `not-found`. */
export async function hostLoad(viewer: Viewer, hostId: string): Promise<HostLoad> {
  const where = { id: idOf('host', hostId), ...ownedBy(viewer, 'host:read') }
  const host = await db().host.findFirst({ where, select: COLUMNS })
  if (!host) throw notFound('host')
  return loadOf(capacityOf(host), heldOn(host), await committedOn(db(), [host.id]))
}

/** Of all hosts that the viewer may see, and that have said what they have. */
export async function fleetLoad(viewer: Viewer): Promise<HostLoad> {
  const where = { ...ownedBy(viewer, 'host:read'), memoryBytes: { not: null } }
  const hosts = await db().host.findMany({ where, select: COLUMNS })
  const sum = (of: (host: HostRow) => number) => hosts.reduce((all, host) => all + of(host), 0)
  const capacity = {
    arch: null,
    memoryBytes: sum((host) => capacityOf(host).memoryBytes ?? 0),
    swapBytes: sum((host) => capacityOf(host).swapBytes),
  }
  const committed = await committedOn(
    db(),
    hosts.map(({ id }) => id),
  )
  return loadOf(capacity, hosts.map(heldOn).reduce(plus, NOTHING_HELD), committed)
}

const COLUMNS = { id: true, arch: true, memoryBytes: true, facts: true, sample: true } as const
type HostRow = {
  id: string
  arch: string | null
  memoryBytes: bigint | null
  facts: unknown
  sample: unknown
}

function capacityOf({ arch, memoryBytes, facts }: HostRow) {
  return {
    arch: arch as Arch | null,
    memoryBytes: memoryBytes === null ? null : Number(memoryBytes),
    swapBytes: (facts as Partial<HostFacts> | null)?.swapBytes ?? 0,
  }
}

const heldOn = ({ sample }: HostRow): Held => (sample as { held?: Held } | null)?.held ?? NOTHING_HELD

/** What the VEs of these hosts were promised, together. */
async function committedOn(on: Db, hostIds: string[]): Promise<Committed> {
  const [row] = await on.$queryRaw<Record<keyof Committed, bigint | null>[]>`
    SELECT sum(committed_kernel_bytes)::bigint AS kernel, sum(memory_bytes)::bigint AS memory,
      sum(committed_use_bytes)::bigint AS "memoryAndSwap", sum(committed_allocated_bytes)::bigint AS allocated
    FROM ve WHERE host_id = ANY(${hostIds}::uuid[]) AND destroyed_at IS NULL`
  const number = (name: keyof Committed) => Number(row?.[name] ?? 0)
  return {
    kernel: number('kernel'),
    memory: number('memory'),
    memoryAndSwap: number('memoryAndSwap'),
    allocated: number('allocated'),
  }
}
