/** Disks that moves kept, as asked, on hosts that VEs left: seen and removed by those who run the hosts, or gone with the VE. */
import { recordAudit } from '../audit/record.ts'
import { idOf, notFound } from '../auth/not-found.ts'
import { ownedBy } from '../auth/scope.ts'
import { canAtProvider, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import { type Db, db } from '../db/client.ts'
import type { Prisma } from '../db/generated/client.ts'
import { within } from '../db/within.ts'
import { emitVeEvent } from '../operations/events.ts'
import { onVe } from '../ves/on-ve.ts'
import { noteRemains } from './land.ts'
import type { KeptDisk } from './resource.ts'

const include = { host: { select: { id: true, name: true, status: true } } } as const
type Row = Prisma.KeptDiskGetPayload<{ include: typeof include }>

const toResource = ({ moveId, veId, host, keptAt, removing }: Row): KeptDisk => ({
  ...{ id: moveId, veId, removing },
  host: { id: host.id, name: host.name },
  hostAnswers: host.status === 'online' || host.status === 'maintenance',
  keptAt: keptAt.toISOString(),
})

/** By the worker, when the VE has landed. May be said twice. */
export async function noteKept(
  tx: Db,
  kept: { moveId: string; veId: string; hostId: string },
): Promise<void> {
  await tx.keptDisk.upsert({ where: { moveId: kept.moveId }, create: kept, update: {} })
}

/** Of a VE, the newest first. None for whoever is not of the provider. Throws `not-found` for a VE that the viewer does not see. */
export async function listKept(viewer: Viewer, id: string, on: Db = db()): Promise<KeptDisk[]> {
  const where = { id: idOf('VE', id), ...ownedBy(viewer, 've:read') }
  if ((await on.ve.count({ where })) === 0) throw notFound('VE')
  if (!canAtProvider(viewer, 've:move')) return []
  const rows = await on.keptDisk.findMany({ where: { veId: where.id }, include, orderBy: { keptAt: 'desc' } })
  return rows.map(toResource)
}

/** For good, once its host answers; asked for twice it is no error. Throws `not-found`, and `forbidden` but for the provider. */
export function removeKept(viewer: Viewer, id: string, tx?: Db): Promise<KeptDisk> {
  const where = { moveId: idOf('kept disk', id) }
  return within(tx, async (on) => {
    const found = await on.keptDisk.findFirst({ where: { ...where, ve: ownedBy(viewer, 've:read') } })
    if (!found) throw notFound('kept disk')
    return onVe(viewer, found.veId, 've:move', on, async ({ ve, about }) => {
      if (!canAtProvider(viewer, 've:move')) throw new Problem('forbidden', 'Only the provider moves VEs.')
      const row = await on.keptDisk.findUnique({ where, include })
      if (!row) throw notFound('kept disk')
      if (row.removing) return toResource(row)
      await remove(on, row, ve)
      const details = { host: row.host.name }
      await recordAudit(on, { ...about, action: 've-kept-remove', subject: ve.name, details })
      await emitVeEvent(on, ve)
      return toResource({ ...row, removing: true })
    })
  })
}

/** What moves of a VE kept on hosts that it left goes with it, once those answer. Where nothing is kept there is nothing to do. */
export async function dropKept(tx: Db, veId: string): Promise<void> {
  const ve = await tx.ve.findUniqueOrThrow({ where: { id: veId } })
  for (const row of await tx.keptDisk.findMany({ where: { veId } })) await remove(tx, row, ve)
}

type Named = { id: string; veid: number; epoch: number }

async function remove(tx: Db, { moveId, hostId }: { moveId: string; hostId: string }, ve: Named) {
  const { id: uuid, veid, epoch } = ve
  await noteRemains(tx, { moveId, hostId, uuid, veid, epoch, newEpoch: epoch, keep: false })
  await tx.keptDisk.update({ where: { moveId }, data: { removing: true } })
}

/** By the worker: that host has removed it. */
export async function settleRemoved(tx: Db, moveId: string, hostId: string): Promise<void> {
  const where = { moveId, hostId, removing: true }
  const row = await tx.keptDisk.findFirst({ where, include: { ve: true } })
  if (!row) return
  await tx.keptDisk.deleteMany({ where })
  await emitVeEvent(tx, row.ve)
}
