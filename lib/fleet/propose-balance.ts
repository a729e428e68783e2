/** What would make the load of the provider's hosts even, from the panel's record alone: hosts are asked when a move begins. */
import { canAtProvider, forbidden, providerAccount, type Viewer } from '../auth/viewer.ts'
import { db } from '../db/client.ts'
import { NOTHING_PROMISED, promisedByHost } from '../hosts/promised.ts'
import { type BalanceHost, loadOf, planBalance } from './plan-balance.ts'
import type { Leaving } from './plan-moves.ts'
import { lastBalance } from './queries.ts'
import { readFleet, readOwn, readRows } from './read-fleet.ts'
import type { BalanceProposal, BalanceResource } from './resource.ts'

/** So that a proposal stays one that a person can judge. */
const MOVES_MOST = 10
/** VEs of how many hosts are looked at: the fullest, and as many where a spread group shares its host. */
const HOSTS_MOST = 5

/** Throws `forbidden`. */
export async function getBalance(viewer: Viewer): Promise<BalanceResource> {
  if (!canAtProvider(viewer, 've:move')) throw forbidden('ve:move')
  return { proposal: await propose(viewer), progress: await lastBalance(viewer) }
}

async function propose(viewer: Viewer): Promise<BalanceProposal> {
  const accountId = providerAccount(viewer, 've:move')
  const hosts = await readHosts(accountId)
  const looked = await worthALook(accountId, hosts)
  const rows = (await Promise.all(looked.map(({ id }) => readRows(db(), { hostId: id })))).flat()
  const free = await withoutSnapshots(rows)
  const own = await readOwn(
    db(),
    free.map(({ id }) => id),
  )
  const ves = free.flatMap((row): Leaving[] => {
    const from = looked.find(({ id }) => id === row.hostId)
    const settled = row.state === 'running' || row.state === 'stopped'
    if (!from || !settled || row.movingToId !== null) return []
    const { id, name } = from
    return [{ row, from: { id, name }, obstacles: [], memoryBytes: 0, diskBytes: 0, ...own(row.id) }]
  })
  return planBalance(ves, hosts, await readFleet(db(), accountId, free), MOVES_MOST)
}

/** Those that take VEs and have said what they have. */
async function readHosts(accountId: string): Promise<BalanceHost[]> {
  const rows = await db().host.findMany({
    where: { accountId, status: 'online', NOT: [{ memoryBytes: null }, { diskBytes: null }] },
    orderBy: { name: 'asc' },
    select: { id: true, name: true, memoryBytes: true, diskBytes: true },
  })
  return rows.map(({ id, name, memoryBytes, diskBytes }) => ({
    ...{ id, name, memoryBytes: Number(memoryBytes), diskBytes: Number(diskBytes) },
  }))
}

async function worthALook(accountId: string, hosts: readonly BalanceHost[]): Promise<BalanceHost[]> {
  const ids = hosts.map(({ id }) => id)
  const promised = await promisedByHost(db(), ids)
  const load = (host: BalanceHost) => loadOf(host, promised.get(host.id) ?? NOTHING_PROMISED)
  const fullest = [...hosts].sort((a, b) => load(b) - load(a)).slice(0, HOSTS_MOST)
  const shared = await db().ve.groupBy({
    by: ['accountId', 'spreadGroup', 'hostId'],
    where: { hostId: { in: ids }, host: { accountId }, spreadGroup: { not: null }, destroyedAt: null },
    having: { hostId: { _count: { gt: 1 } } },
    orderBy: { hostId: 'asc' },
    take: HOSTS_MOST,
  })
  const withShared = hosts.filter(({ id }) => shared.some(({ hostId }) => hostId === id))
  return [...new Set([...fullest, ...withShared])]
}

/** Their snapshots stay behind, so they do not move. */
async function withoutSnapshots<R extends { id: string }>(rows: readonly R[]): Promise<R[]> {
  const kept = await db().snapshot.findMany({
    where: { veId: { in: rows.map(({ id }) => id) } },
    select: { veId: true },
    distinct: ['veId'],
  })
  const ids = new Set(kept.map(({ veId }) => veId))
  return rows.filter(({ id }) => !ids.has(id))
}
