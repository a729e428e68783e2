import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import type { Viewer } from '../auth/viewer.ts'
import { type Db, db } from '../db/client.ts'
import { limitsOfRow } from '../ves/limits/row.ts'
import type { QuotaChange } from './input.ts'
import { type Done, type Listing, uncountedNotice, withChanges } from './merge.ts'
import { quotaObstacle } from './obstacle.ts'
import type { QuotaResource } from './resource.ts'

/** Beyond so many changes since it was read, the oldest of them are left out. */
const CHANGES_MOST = 500

async function readLast(on: Db, veId: string): Promise<{ at: Date; listing: Listing } | null> {
  const read = await on.operation.findFirst({
    where: { veId, type: 've-quota-read', status: 'succeeded' },
    orderBy: { endedAt: 'desc' },
    select: { endedAt: true, result: true },
  })
  if (!read?.result || !read.endedAt) return null
  const changes = await on.operation.findMany({
    where: { veId, type: 've-quota-set', status: 'succeeded', endedAt: { gt: read.endedAt } },
    orderBy: { endedAt: 'desc' },
    take: CHANGES_MOST,
    select: { input: true, result: true },
  })
  const done = changes.reverse().map(
    ({ input, result }): Done => ({
      input: input as unknown as QuotaChange,
      result: result as unknown as Done['result'],
    }),
  )
  return { at: read.endedAt, listing: withChanges(read.result as unknown as Listing, done) }
}

/** As it was read last, with what was set since: no host is asked. Throws `not-found`. */
export async function lastQuota(viewer: Viewer, id: string, on: Db = db()): Promise<QuotaResource> {
  const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
  const ve = await on.ve.findFirst({ where, include: { host: true } })
  if (!ve) throw notFound('VE')
  const most = limitsOfRow(ve).quotaOwners
  const read = await readLast(on, ve.id)
  const counted = read?.listing.counted ?? null
  return {
    most,
    obstacle: quotaObstacle(ve, ve.host)?.detail ?? null,
    readAt: read?.at.toISOString() ?? null,
    counted,
    owners: read?.listing.owners ?? [],
    notice: counted === null ? null : uncountedNotice(counted, most),
    grace: read?.listing.grace ?? null,
  }
}
