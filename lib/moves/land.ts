/** What a move means for the database. Each may be done again, and by a worker that was declared dead: it says only what is so. */
import type { ObservedVe } from '../contract/agent-protocol.ts'
import type { Db } from '../db/client.ts'
import { emitVeEvent } from '../operations/events.ts'

/** Before the destination is asked to let it go on, and when it is given up for gone: whoever has an older epoch is refused everywhere from then on. */
export async function raiseEpoch(tx: Db, veId: string, epoch: number): Promise<void> {
  await tx.ve.updateMany({ where: { id: veId, epoch: { lt: epoch } }, data: { epoch } })
}

type Landed = { veId: string; from: string; to: string; epoch: number; observed: ObservedVe }

/** The destination has it, for good. What it counts there begins anew: older readings of that host are of another stay. */
export async function land(tx: Db, { veId, from, to, epoch, observed }: Landed): Promise<void> {
  const [ve] = await tx.ve.updateManyAndReturn({
    where: { id: veId, hostId: from, epoch: { lte: epoch } },
    data: { hostId: to, epoch, observed, observedAt: new Date(), bootStart: null },
    select: { id: true, accountId: true },
  })
  if (!ve) return
  await tx.veTrafficReading.deleteMany({ where: { veId, hostId: to } })
  await tx.veUsageReading.deleteMany({ where: { veId, hostId: to } })
  await emitVeEvent(tx, ve)
}

export type Remains = {
  moveId: string
  hostId: string
  uuid: string
  veid: number
  epoch: number
  /** Null on a host that it did not reach. */
  newEpoch: number | null
  keep: boolean
}

/** To be cleared up once that host answers. */
export async function noteRemains(tx: Db, { moveId, hostId, ...rest }: Remains): Promise<void> {
  const where = { moveId_hostId: { moveId, hostId } }
  await tx.moveRemains.upsert({ where, create: { moveId, hostId, ...rest }, update: rest })
}
