/** Load figures of hosts, from what is recorded: load-figures.ts says what they are. */
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { accountsWhere, type Viewer } from '../auth/viewer.ts'
import type { Arch } from '../contract/arch.ts'
import type { HostFacts } from '../contract/host-facts.ts'
import { type Db, db } from '../db/client.ts'
import { Prisma } from '../db/generated/client.ts'
import { type Committed, type Held, type HostLoad, loadOf, mapFigures, NOTHING_HELD } from './load-figures.ts'

/** Throws `not-found`. */
export async function hostLoad(viewer: Viewer, hostId: string): Promise<HostLoad> {
  const where = { id: idOf('host', hostId), ...ownedBy(viewer, 'host:read') }
  const host = await db().host.findFirst({ where, select: COLUMNS })
  if (!host) throw notFound('host')
  return loadOf(capacityOf(host), heldOn(host), await committedOn(db(), Prisma.sql`${host.id}::uuid`))
}

/** Of all hosts that the viewer may see, and that have said what they have. What is held on one that is not online nobody knows. */
export async function fleetLoad(viewer: Viewer): Promise<HostLoad> {
  const accounts = accountsWhere(viewer, 'host:read')
  const owned = accounts === null ? Prisma.sql`true` : Prisma.sql`account_id = ANY(${accounts}::uuid[])`
  const known = Prisma.sql`memory_bytes IS NOT NULL AND ${owned}`
  const held = (name: keyof Held) =>
    Prisma.sql`sum((sample->'held'->>${name})::numeric) FILTER (WHERE status IN ('online', 'maintenance'))::bigint AS ${Prisma.raw(`"${name}"`)}`
  const [row] = await db().$queryRaw<Record<keyof Held | 'capacity' | 'swap', bigint | null>[]>`
    SELECT sum(memory_bytes)::bigint AS capacity, sum((facts->>'swapBytes')::numeric)::bigint AS swap,
      ${held('kernel')}, ${held('memory')}, ${held('memoryAndSwap')}, ${held('allocated')}
    FROM host WHERE ${known}`
  const number = (name: keyof Held | 'capacity' | 'swap') => Number(row?.[name] ?? 0)
  return loadOf(
    { arch: null, memoryBytes: number('capacity'), swapBytes: number('swap') },
    mapFigures(number),
    await committedOn(db(), Prisma.sql`SELECT id FROM host WHERE ${known}`),
  )
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

/** What the VEs on these hosts were promised, together. One that moves counts on both, as in promised.ts. */
async function committedOn(on: Db, hostIds: Prisma.Sql): Promise<Committed> {
  const [row] = await on.$queryRaw<Record<keyof Committed, bigint | null>[]>`
    SELECT sum(committed_kernel_bytes)::bigint AS kernel, sum(memory_bytes)::bigint AS memory,
      sum(committed_use_bytes)::bigint AS "memoryAndSwap", sum(committed_allocated_bytes)::bigint AS allocated
    FROM ve JOIN LATERAL (SELECT unnest(ARRAY[ve.host_id, ve.moving_to_id]) AS host_id) at ON true
    WHERE (ve.host_id IN (${hostIds}) OR ve.moving_to_id IN (${hostIds})) AND at.host_id IN (${hostIds})
      AND ve.destroyed_at IS NULL`
  return mapFigures((name) => Number(row?.[name] ?? 0))
}
